#include "analysis/deposits/segment.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

#include "analysis/deposits/straight_place.hpp"
#include "analysis/deposits/voxel_box.hpp"
#include "analysis/kernels/distance.hpp"

namespace calcinode::deposits {
namespace {

constexpr double reach_mm = 7;         // beyond the solid centres: a ball's radius, and a tip or rim
constexpr double soft_tissue_hu = 55;  // muscle: the edge is halfway between it and the inside
constexpr double lowest_edge_hu = 130;
constexpr double own_spread = 0.12,
                 least_spread_hu = 60;    // of a deposit's attenuation: its texture and noise
constexpr double any_hu = 1100;           // bone's attenuation may be anything in a range of so many HU
constexpr double least_own = -4;          // natural logarithm of how much less likely a deposit's than bone's
constexpr double near_own = 1.5;          // within a ball's radius of the solid centres
constexpr double far_per_mm = 0.5;        // beyond it
constexpr double likeness_weight = 0.7;   // against the curves, which speak of solid places
constexpr double likeness_balance = 1.5;  // what the curves give where nothing speaks either way
constexpr double bond = 1.2;              // of two neighbours of the same attenuation
constexpr double bond_hu = 120;           // the difference at which the bond is gone by half
constexpr int rounds = 12;

// The half of the candidate's solid centres with more evidence: where it leans on bone the others may be
// bone's.
std::vector<std::uint32_t> surer_half(const Candidate& candidate) {
    auto sorted = candidate.own;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::ranges::nth_element(sorted, middle);
    std::vector<std::uint32_t> half;
    for (std::size_t n = 0; n < candidate.voxels.size(); ++n)
        if (candidate.own[n] >= *middle) half.push_back(candidate.voxels[n]);
    return half;
}

std::vector<LpsPoint> centres_of(const std::vector<std::uint32_t>& voxels, const spine::Frame& frame,
                                 std::array<int, 3> size) {
    std::vector<LpsPoint> points;
    points.reserve(voxels.size());
    for (const auto voxel : voxels) {
        const auto [i, j, k] = kernels::index_of(voxel, size);
        points.push_back(frame.to_lps(spine::Straight::place(i, j, k)));
    }
    return points;
}

// Of the volume, as far as the deposit may reach.
VoxelBox box_in_reach(const std::vector<LpsPoint>& points, const Grid& grid) {
    Vec3 low = grid.to_index(points.front()), high = low;
    for (const auto& point : points) {
        const Vec3 at = grid.to_index(point);
        low = {std::min(low.x, at.x), std::min(low.y, at.y), std::min(low.z, at.z)};
        high = {std::max(high.x, at.x), std::max(high.y, at.y), std::max(high.z, at.z)};
    }
    const auto first = [&](double v, std::size_t a) {
        return std::clamp(static_cast<int>(v - reach_mm / grid.spacing_mm[a]), 0, grid.size[a] - 1);
    };
    const auto last = [&](double v, std::size_t a) {
        return std::clamp(static_cast<int>(v + reach_mm / grid.spacing_mm[a]) + 1, 0, grid.size[a] - 1);
    };
    VoxelBox box{{first(low.x, 0), first(low.y, 1), first(low.z, 2)}, {}};
    box.size = {last(high.x, 0) - box.low.i + 1, last(high.y, 1) - box.low.j + 1,
                last(high.z, 2) - box.low.k + 1};
    return box;
}

// How far each voxel of the box is from the nearest solid centre.
std::vector<float> distance_to_centres(const VoxelBox& box, const std::vector<LpsPoint>& points,
                                       const Grid& grid) {
    std::vector<std::uint8_t> mask(box.voxels(), 0);
    for (const auto& point : points) {
        const auto v = grid.nearest(point);
        if (box.contains(v)) mask[box.offset(v)] = 1;
    }
    return kernels::distance_mm(mask, box.size, grid.spacing_mm, 1);
}

double median_hu(const std::vector<std::uint32_t>& voxels, const kernels::Block& smooth) {
    std::vector<int> values;
    for (const auto voxel : voxels) values.push_back(smooth.values[voxel]);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// Everything about one candidate while it is outlined.
struct Outline {
    VoxelBox box;
    std::vector<std::int16_t> hu;
    std::vector<float> distance;
    std::vector<std::uint8_t> dense;  // above the edge, in reach
    std::vector<float> own;           // log of how much more likely a deposit's than bone's
};

// Each voxel's neighbours in the box.
template <class Visit>
void for_neighbours(const VoxelBox& box, std::size_t n, Visit visit) {
    const auto nx = static_cast<std::size_t>(box.size[0]), plane = nx * static_cast<std::size_t>(box.size[1]);
    const std::size_t i = n % nx, j = n % plane / nx, k = n / plane;
    if (i > 0) visit(n - 1);
    if (i + 1 < nx) visit(n + 1);
    if (j > 0) visit(n - nx);
    if (j + 1 < static_cast<std::size_t>(box.size[1])) visit(n + nx);
    if (k > 0) visit(n - plane);
    if (k + 1 < static_cast<std::size_t>(box.size[2])) visit(n + plane);
}

// An edge voxel is part inside, part outside: as dense as its densest neighbour, but no denser than the
// inside.
double without_edge(const Outline& outline, std::size_t n, double inside) {
    double densest = outline.hu[n];
    if (densest >= inside) return densest;
    for_neighbours(outline.box, n,
                   [&](std::size_t m) { densest = std::max<double>(densest, outline.hu[m]); });
    return std::min(densest, inside);
}

double attenuation_log_odds(double hu, double inside) {
    const double spread = std::max(least_spread_hu, own_spread * inside);
    const double z = (hu - inside) / spread;
    const double peak = std::log(any_hu / (spread * std::sqrt(2 * 3.14159265358979)));
    return std::max(least_own, peak - 0.5 * z * z);
}

double likeness_log_odds(const Observer::Likeness& likeness) {
    return log_odds(Feature::unlike_other_side, likeness.other_side) +
           log_odds(Feature::unlike_neighbours, likeness.neighbours) +
           log_odds(Feature::solid_neighbours, likeness.solid_neighbours);
}

void judge_voxels(Outline& outline, const Volume& volume, const spine::Frame& frame, const Observer& observer,
                  const std::array<int, 3>& straight_size, const Candidate& candidate, double inside) {
    outline.own.assign(outline.hu.size(), static_cast<float>(least_own));
    for (std::size_t n = 0; n < outline.hu.size(); ++n) {
        if (!outline.dense[n]) continue;
        const auto place =
            place_near(volume.grid.to_lps(outline.box.index(n)), frame, straight_size, candidate.centre.s);
        double own = attenuation_log_odds(without_edge(outline, n, inside), inside);
        if (place)
            own += likeness_weight *
                   (likeness_log_odds(observer.likeness_at(*place, inside)) - likeness_balance);
        const double beyond = outline.distance[n] - ball_mm;
        own += beyond <= 0 ? near_own : -far_per_mm * beyond;
        outline.own[n] = static_cast<float>(own);
    }
}

// Mean field: each voxel's share of belonging follows its own evidence and its neighbours' shares, bound the
// stronger the more alike they are.
std::vector<float> belonging(const Outline& outline) {
    std::vector<float> share(outline.hu.size(), 0);
    std::vector<std::size_t> dense;
    for (std::size_t n = 0; n < share.size(); ++n)
        if (outline.dense[n]) {
            dense.push_back(n);
            share[n] = 1 / (1 + std::exp(-outline.own[n]));
        }
    for (int round = 0; round < rounds; ++round)
        for (const auto n : dense) {  // in place: it settles sooner
            float sum = outline.own[n];
            for_neighbours(outline.box, n, [&](std::size_t m) {
                if (!outline.dense[m]) return;
                const float apart =
                    static_cast<float>(outline.hu[n] - outline.hu[m]) / static_cast<float>(bond_hu);
                sum += static_cast<float>(bond) * (2 * share[m] - 1) / (1 + apart * apart);
            });
            share[n] = 1 / (1 + std::exp(-sum));
        }
    return share;
}

}  // namespace

std::vector<std::size_t> segment(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
                                 const Observer& observer, const Candidate& candidate) {
    const auto& grid = volume.grid;
    const auto middle = surer_half(candidate);
    const auto points = centres_of(middle, frame, tissue.smooth.size);
    const double inside = median_hu(middle, tissue.smooth);
    const double edge = std::max(lowest_edge_hu, (inside + soft_tissue_hu) / 2);

    Outline outline;
    outline.box = box_in_reach(points, grid);
    outline.distance = distance_to_centres(outline.box, points, grid);
    outline.hu.resize(outline.box.voxels());
    outline.dense.resize(outline.box.voxels());
    for (std::size_t n = 0; n < outline.hu.size(); ++n) {
        outline.hu[n] = volume.at(outline.box.index(n));
        outline.dense[n] = outline.hu[n] >= edge && outline.distance[n] <= reach_mm;
    }
    judge_voxels(outline, volume, frame, observer, tissue.smooth.size, candidate, inside);
    const auto share = belonging(outline);

    std::vector<std::uint8_t> taken(outline.hu.size(), 0);
    std::queue<std::size_t> open;
    const auto take = [&](std::size_t n) {
        if (taken[n] || !outline.dense[n] || share[n] <= 0.5F) return;
        taken[n] = 1;
        open.push(n);
    };
    for (std::size_t n = 0; n < taken.size(); ++n)
        if (outline.distance[n] <= 1) take(n);
    while (!open.empty()) {
        const auto n = open.front();
        open.pop();
        for_neighbours(outline.box, n, take);
    }
    std::vector<std::size_t> found;
    for (std::size_t n = 0; n < taken.size(); ++n)
        if (taken[n]) found.push_back(grid.offset(outline.box.index(n)));
    return found;
}

}  // namespace calcinode::deposits
