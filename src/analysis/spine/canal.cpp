#include "analysis/spine/canal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/kernels/coarse.hpp"
#include "analysis/spine/enclosure.hpp"
#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr std::array<double, 3> coarse_mm{2.2, 2.2, 2.6};
constexpr double cell_mm = 3.2;     // of the path search: the canal is at least 12 mm wide
constexpr double steepest = 1.4;    // sideways mm per mm of height; a kyphosis reaches 1
constexpr double bend_cost = 0.02;  // per mm^2 of sideways step, per mm of height
// What a place without any enclosure costs the path: it must cross discs and open arches, but not bone or
// air.
constexpr float soft_cost = 0.05F, bone_cost = 0.4F, air_cost = 0.6F;
constexpr int bone_hu = 300, air_hu = -300;

constexpr double evidence_window_mm = 12;  // half a vertebra: arches alternate with gaps
constexpr double enough_evidence = 0.22;
constexpr double shortest_spine_mm = 45;  // two vertebrae; the front of a chest gives up to 35 by chance
// Measured on 28 necks, a chest and an abdomen: within the spine up to 24 degrees between two stretches of 16
// mm, at the foramen magnum, where the path goes on along the skull, 25 to 60; at the sacrum, to the
// back, 33.
constexpr double turn_arm_mm = 16, sharpest_turn_deg = 28, sharpest_lumbosacral_deg = 60;
constexpr double lumbosacral_above_mm = 80;
constexpr double smoothing_mm = 6;
constexpr double largest_recentre_mm = 6;

struct Cell {
    float value;
    int i, j;  // the coarse voxel that stands for the cell
};

// One slice of the search: cells of `pool` x `pool` coarse voxels.
struct Plane {
    std::vector<Cell> cells;
};

struct CellGrid {
    int pool, nx, ny;
};

CellGrid cell_grid(const Grid& grid) {
    const int pool = std::max(1, static_cast<int>(std::lround(cell_mm / grid.spacing_mm[0])));
    return {pool, (grid.size[0] + pool - 1) / pool, (grid.size[1] + pool - 1) / pool};
}

float place_value(float score, int hu) {
    if (score > 0) return score;
    if (hu < air_hu) return -air_cost;
    return hu >= bone_hu ? -bone_cost : -soft_cost;
}

Plane make_plane(const Volume& coarse, const EnclosureFinder& enclosures, const CellGrid& cells, int k) {
    const auto scores = enclosures.scores(k);
    Plane plane;
    plane.cells.assign(static_cast<std::size_t>(cells.nx * cells.ny), {-2, 0, 0});
    const auto [nx, ny, nz] = coarse.grid.size;
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) {
            auto& cell = plane.cells[static_cast<std::size_t>((j / cells.pool) * cells.nx + i / cells.pool)];
            const auto offset = static_cast<std::size_t>(j * nx + i);
            const float value = place_value(scores[offset], coarse.at({i, j, k}));
            if (value > cell.value) cell = {value, i, j};
        }
    return plane;
}

// The best path through all slices, one cell a slice, first slice first (dynamic programming).
std::vector<Cell> best_path(const std::vector<Plane>& planes, const CellGrid& cells, const Grid& grid) {
    const double step_mm = cells.pool * grid.spacing_mm[0];
    const double height_mm = grid.spacing_mm[2];
    const int reach = std::max(1, static_cast<int>(std::ceil(steepest * height_mm / step_mm)));
    const int nx = cells.nx, ny = cells.ny;
    const std::size_t count = planes.size(), area = planes[0].cells.size();

    std::vector<float> total(area), next(area);
    std::vector<std::int16_t> from(area * count);  // packed step: (dj + reach) * (2 reach + 1) + di + reach
    for (std::size_t c = 0; c < area; ++c) total[c] = planes[0].cells[c].value;

    std::vector<float> cost(static_cast<std::size_t>((2 * reach + 1) * (2 * reach + 1)));
    for (int dj = -reach; dj <= reach; ++dj)
        for (int di = -reach; di <= reach; ++di)
            cost[static_cast<std::size_t>((dj + reach) * (2 * reach + 1) + di + reach)] =
                static_cast<float>(bend_cost * (di * di + dj * dj) * step_mm * step_mm / height_mm);

    for (std::size_t k = 1; k < count; ++k) {
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) {
                float best = -std::numeric_limits<float>::infinity();
                std::size_t step = 0;
                for (int dj = -reach; dj <= reach; ++dj)
                    for (int di = -reach; di <= reach; ++di) {
                        if (i + di < 0 || j + dj < 0 || i + di >= nx || j + dj >= ny) continue;
                        const auto code =
                            static_cast<std::size_t>((dj + reach) * (2 * reach + 1) + di + reach);
                        const float value =
                            total[static_cast<std::size_t>((j + dj) * nx + i + di)] - cost[code];
                        if (value > best) best = value, step = code;
                    }
                const auto c = static_cast<std::size_t>(j * nx + i);
                next[c] = best + planes[k].cells[c].value;
                from[k * area + c] = static_cast<std::int16_t>(step);
            }
        std::swap(total, next);
    }
    auto at = static_cast<int>(std::ranges::max_element(total) - total.begin());
    std::vector<Cell> path(count);
    for (std::size_t k = count; k-- > 0;) {
        path[k] = planes[k].cells[static_cast<std::size_t>(at)];
        const int code = from[k * area + static_cast<std::size_t>(at)];
        const int dj = code / (2 * reach + 1) - reach, di = code % (2 * reach + 1) - reach;
        if (k > 0) at += dj * nx + di;
    }
    return path;
}

std::vector<CanalPoint> centred(const Volume& coarse, const EnclosureFinder& enclosures,
                                const std::vector<Cell>& path) {
    std::vector<CanalPoint> points;
    for (int k = 0; k < static_cast<int>(path.size()); ++k) {
        const auto& cell = path[static_cast<std::size_t>(k)];
        const VoxelIndex v{cell.i, cell.j, k};
        const auto enclosure = enclosures.at(v);
        const auto limit = [](float shift) {
            return std::clamp(static_cast<double>(shift), -largest_recentre_mm, largest_recentre_mm);
        };
        const double di = limit(enclosure.shift_x_mm) / coarse.grid.spacing_mm[0];
        const double dj = limit(enclosure.shift_y_mm) / coarse.grid.spacing_mm[1];
        points.push_back({coarse.grid.to_lps(v.i + di, v.j + dj, v.k), enclosure.radius_mm, enclosure.score});
    }
    return points;
}

std::vector<double> window_means(const std::vector<CanalPoint>& points, double half_window) {
    std::vector<double> means;
    const int n = static_cast<int>(points.size()), half = std::max(1, static_cast<int>(half_window));
    for (int k = 0; k < n; ++k) {
        double sum = 0;
        const int low = std::max(0, k - half), high = std::min(n - 1, k + half);
        for (int q = low; q <= high; ++q) sum += points[static_cast<std::size_t>(q)].enclosed;
        means.push_back(sum / (high - low + 1));
    }
    return means;
}

// The longest stretch with enough evidence all along: [first, last).
std::pair<std::size_t, std::size_t> best_stretch(const std::vector<double>& evidence) {
    std::pair<std::size_t, std::size_t> best{0, 0};
    double best_sum = 0;
    for (std::size_t k = 0; k < evidence.size();) {
        if (evidence[k] < enough_evidence) {
            ++k;
            continue;
        }
        const std::size_t first = k;
        double sum = 0;
        while (k < evidence.size() && evidence[k] >= enough_evidence) sum += evidence[k++];
        if (sum > best_sum) best = {first, k}, best_sum = sum;
    }
    return best;
}

// Gaussian smoothing along the line, each point weighted by its evidence.
std::vector<CanalPoint> smooth(const std::vector<CanalPoint>& points, double height_mm) {
    std::vector<CanalPoint> out = points;
    const int n = static_cast<int>(points.size());
    const int reach = static_cast<int>(3 * smoothing_mm / height_mm);
    for (int k = 0; k < n; ++k) {
        // A symmetric window: at the ends a one-sided one would pull the line inwards along its slope.
        const int span = std::min({reach, k, n - 1 - k});
        Vec3 sum{};
        double radius = 0, weights = 0;
        for (int d = -span; d <= span; ++d) {
            const auto& p = points[static_cast<std::size_t>(k + d)];
            const double t = d * height_mm / smoothing_mm;
            const double w = std::exp(-0.5 * t * t) * (0.02 + p.enclosed);
            sum = sum + p.centre * w;
            radius += p.radius_mm * w;
            weights += w;
        }
        auto& q = out[static_cast<std::size_t>(k)];
        // Height stays: the weights would shift points along the line otherwise.
        const Vec3 mean = sum * (1 / weights);
        q.centre = {mean.x, mean.y, q.centre.z};
        q.radius_mm = radius / weights;
    }
    return out;
}

double degrees_between(Vec3 a, Vec3 b) {
    return std::acos(std::clamp(dot(unit(a), unit(b)), -1.0, 1.0)) * 180 / std::numbers::pi;
}

// Where the line can't be a spine's: it turns more sharply than a spine does. `line` from head to foot.
std::vector<std::size_t> sharp_turns(const std::vector<CanalPoint>& line, double height_mm) {
    const auto arm = static_cast<std::size_t>(turn_arm_mm / height_mm);
    std::vector<std::size_t> turns;
    std::size_t start = 0;
    double sharpest = 0;
    for (std::size_t n = arm; n + arm < line.size(); ++n) {
        const Vec3 before = line[n].centre - line[n - arm].centre;
        const Vec3 after = line[n + arm].centre - line[n].centre;
        const double angle = degrees_between(before, after);
        const Vec3 turn = unit(after) - unit(before);
        const bool to_the_back = turn.y > 0.8 * norm(turn);
        const bool long_spine_above = static_cast<double>(n - start) * height_mm > lumbosacral_above_mm;
        const double limit = to_the_back && long_spine_above ? sharpest_lumbosacral_deg : sharpest_turn_deg;
        if (angle < limit) {
            sharpest = 0;
        } else if (sharpest == 0) {
            turns.push_back(n), sharpest = angle, start = n;
        } else if (angle > sharpest) {
            turns.back() = n, sharpest = angle, start = n;
        }
    }
    return turns;
}

// The part between two sharp turns with the most evidence: in the skull and in the pelvis the path, which
// must go on to the end of the scan, follows other bones.
Canal without_turns(const std::vector<CanalPoint>& line, double height_mm) {
    auto cuts = sharp_turns(line, height_mm);
    cuts.push_back(line.size());
    std::size_t first = 0, best_first = 0, best_last = 0;
    double best = -1;
    for (const auto last : cuts) {
        double sum = 0;
        for (std::size_t n = first; n < last; ++n) sum += line[n].enclosed;
        if (sum > best) best = sum, best_first = first, best_last = last;
        first = last;
    }
    return {{line.begin() + static_cast<std::ptrdiff_t>(best_first),
             line.begin() + static_cast<std::ptrdiff_t>(best_last)},
            best_first > 0};
}

}  // namespace

std::expected<Canal, Unfit> find_canal(const Volume& volume, int threads) {
    const Unfit none{"no_spine_in_view",
                     "no spinal canal was found: the scan shows no spine, or too little of it"};
    const Volume coarse = kernels::block_mean(volume, kernels::factors_for(volume.grid, coarse_mm), threads);
    const EnclosureFinder enclosures(coarse);
    const CellGrid cells = cell_grid(coarse.grid);
    const int count = coarse.grid.size[2];
    std::vector<Plane> planes(static_cast<std::size_t>(count));
    parallel_for(threads, count, [&](int k) {
        planes[static_cast<std::size_t>(k)] = make_plane(coarse, enclosures, cells, k);
    });

    const auto points = centred(coarse, enclosures, best_path(planes, cells, coarse.grid));
    const double height_mm = coarse.grid.spacing_mm[2];
    const auto [first, last] = best_stretch(window_means(points, evidence_window_mm / height_mm));
    if (static_cast<double>(last - first) * height_mm < shortest_spine_mm) return std::unexpected(none);

    std::vector<CanalPoint> stretch(points.begin() + static_cast<std::ptrdiff_t>(first),
                                    points.begin() + static_cast<std::ptrdiff_t>(last));
    auto line = smooth(stretch, height_mm);
    std::ranges::reverse(line);  // slices stand foot end first
    auto canal = without_turns(line, height_mm);
    if (static_cast<double>(canal.points.size()) * height_mm < shortest_spine_mm)
        return std::unexpected(none);
    return canal;
}

}  // namespace calcinode::spine
