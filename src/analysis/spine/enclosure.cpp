#include "analysis/spine/enclosure.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/spine/enclosure_score.hpp"

namespace calcinode::spine {
namespace {

// Cord and fluid measure 0 to 60 HU; marrow that bone encloses just as well seldom less than 100.
constexpr Softness cord{-100, -40, 75, 140};

// Voxels to the nearest bone in one direction, for each place of a slice, from those of the place one step
// ahead: `far` where air or the slice's edge comes first.
constexpr std::uint8_t far = 255;

std::uint8_t one_further(std::int16_t hu, std::uint8_t ahead, int bone_hu) {
    if (hu >= bone_hu) return 0;
    if (hu < air_hu) return far;
    return ahead == far ? far : static_cast<std::uint8_t>(ahead + 1);
}

}  // namespace

EnclosureFinder::EnclosureFinder(const Volume& coarse, int bone_hu) : coarse_(coarse), bone_hu_(bone_hu) {
    const auto& grid = coarse.grid;
    const double step_mm = std::min(grid.spacing_mm[0], grid.spacing_mm[1]) * 0.75;
    for (std::size_t n = 0; n < ray_count; ++n) {
        const auto [dx, dy] = ray_directions()[n];
        auto& steps = rays_[n];
        for (double t = step_mm; t <= reach_mm; t += step_mm) {
            const int di = static_cast<int>(std::lround(dx * t / grid.spacing_mm[0]));
            const int dj = static_cast<int>(std::lround(dy * t / grid.spacing_mm[1]));
            if (!steps.empty() && steps.back().di == di && steps.back().dj == dj) continue;
            steps.push_back(
                {di, dj, static_cast<std::ptrdiff_t>(dj) * grid.size[0] + di, static_cast<float>(t)});
            margin_i_ = std::max(margin_i_, std::abs(di));
            margin_j_ = std::max(margin_j_, std::abs(dj));
        }
    }
}

template <bool inside_grid>
Ray EnclosureFinder::cast(VoxelIndex from, const std::vector<Step>& steps) const {
    const std::int16_t* const start = &coarse_.hu[coarse_.grid.offset(from)];
    for (const auto& step : steps) {
        if constexpr (!inside_grid)
            if (!coarse_.grid.contains({from.i + step.di, from.j + step.dj, from.k})) return {};
        const int hu = start[step.offset];
        if (hu < air_hu) return {};
        if (hu >= bone_hu_) return {true, step.mm};
    }
    return {};
}

// Mean attenuation of a patch in front of the bone that the ray to the front reaches.
float EnclosureFinder::in_front(VoxelIndex from, float front_mm) const {
    const auto& grid = coarse_.grid;
    const int first = static_cast<int>(std::lround((front_mm + body_near_mm) / grid.spacing_mm[1]));
    const int last = static_cast<int>(std::lround((front_mm + body_far_mm) / grid.spacing_mm[1]));
    const int half = std::max(1, static_cast<int>(std::lround(body_half_width_mm / grid.spacing_mm[0])));
    int sum = 0, count = 0;
    for (int j = std::max(0, from.j - last); j <= from.j - first; ++j)
        for (int i = std::max(0, from.i - half); i <= std::min(grid.size[0] - 1, from.i + half); ++i) {
            sum += coarse_.at({i, j, from.k});
            ++count;
        }
    constexpr float nothing_hu = -1000;
    return count > 0 ? static_cast<float>(sum) / static_cast<float>(count) : nothing_hu;
}

// How much like cord and fluid a place and its neighbours are.
float EnclosureFinder::softness(VoxelIndex place) const {
    const auto& size = coarse_.grid.size;
    int sum = 0, count = 0;
    for (int j = std::max(0, place.j - 1); j <= std::min(size[1] - 1, place.j + 1); ++j)
        for (int i = std::max(0, place.i - 1); i <= std::min(size[0] - 1, place.i + 1); ++i) {
            sum += coarse_.at({i, j, place.k});
            ++count;
        }
    return cord.of(static_cast<float>(sum) / static_cast<float>(count));
}

template <bool inside_grid>
Enclosure EnclosureFinder::look(VoxelIndex place, float soft) const {
    Rays rays{};
    Openness openness;
    for (std::size_t n = 0; n < ray_count; ++n) {
        rays[n] = cast<inside_grid>(place, rays_[n]);
        if (!openness.still_closed(rays[n])) return {};
    }
    return assess(rays, soft, rays[front_ray].hit ? in_front(place, rays[front_ray].mm) : 0);
}

Enclosure EnclosureFinder::at(VoxelIndex place) const {
    const auto hu = static_cast<float>(coarse_.at(place));
    if (hu < cord.low_hu || hu > cord.high_hu) return {};
    const float soft = softness(place);
    if (soft <= 0) return {};
    const auto& size = coarse_.grid.size;
    const bool inside = place.i >= margin_i_ && place.i < size[0] - margin_i_ && place.j >= margin_j_ &&
                        place.j < size[1] - margin_j_;
    return inside ? look<true>(place, soft) : look<false>(place, soft);
}

// In how many of the eight directions to the neighbours each place of a slice has bone within reach. Runs
// along rows and columns instead of rays: a few operations a place, for all places.
std::vector<std::uint8_t> EnclosureFinder::bone_around(int k) const {
    const auto& grid = coarse_.grid;
    const int nx = grid.size[0], ny = grid.size[1];
    const auto width = static_cast<std::size_t>(nx);
    const auto voxels_within = [&](double step_mm) {
        return static_cast<std::uint8_t>(std::min(254.0, std::ceil(reach_mm / step_mm)));
    };
    const auto along_i = voxels_within(grid.spacing_mm[0]), along_j = voxels_within(grid.spacing_mm[1]),
               diagonal = voxels_within(std::hypot(grid.spacing_mm[0], grid.spacing_mm[1]));
    std::vector<std::uint8_t> count(width * static_cast<std::size_t>(ny), 0);

    for (int j = 0; j < ny; ++j) {
        const std::int16_t* hu = &coarse_.hu[grid.offset({0, j, k})];
        std::uint8_t* out = &count[static_cast<std::size_t>(j) * width];
        std::uint8_t left = far, right = far;
        for (int i = 0; i < nx; ++i) {
            left = one_further(hu[i], left, bone_hu_);
            out[i] = static_cast<std::uint8_t>(out[i] + (left <= along_i));
        }
        for (int i = nx - 1; i >= 0; --i) {
            right = one_further(hu[i], right, bone_hu_);
            out[i] = static_cast<std::uint8_t>(out[i] + (right <= along_i));
        }
    }
    // Rows with a place more at either end, outside the slice.
    std::vector<std::uint8_t> straight(width + 2), falling(width + 2), rising(width + 2);
    std::vector<std::uint8_t> last_falling(width + 2), last_rising(width + 2);
    const auto row = [&](int j) {
        std::swap(falling, last_falling);
        std::swap(rising, last_rising);
        const std::int16_t* hu = &coarse_.hu[grid.offset({0, j, k})];
        std::uint8_t* out = &count[static_cast<std::size_t>(j) * width];
        for (std::size_t i = 0; i < width; ++i) {
            straight[i + 1] = one_further(hu[i], straight[i + 1], bone_hu_);
            falling[i + 1] = one_further(hu[i], last_falling[i], bone_hu_);
            rising[i + 1] = one_further(hu[i], last_rising[i + 2], bone_hu_);
            out[i] += static_cast<std::uint8_t>((straight[i + 1] <= along_j) + (falling[i + 1] <= diagonal) +
                                                (rising[i + 1] <= diagonal));
        }
    };
    const auto forget = [&] {
        for (auto* runs : {&straight, &falling, &rising, &last_falling, &last_rising})
            std::ranges::fill(*runs, far);
    };
    forget();
    for (int j = 0; j < ny; ++j) row(j);
    forget();
    for (int j = ny - 1; j >= 0; --j) row(j);
    return count;
}

std::vector<float> EnclosureFinder::scores(int k) const {
    const auto [nx, ny, nz] = coarse_.grid.size;
    const auto around = bone_around(k);
    std::vector<float> scores(around.size(), 0);
    constexpr int directions_of_runs = 8;
    for (std::size_t n = 0; n < scores.size(); ++n)
        if (around[n] >= directions_of_runs / 2)
            scores[n] = at({static_cast<int>(n) % nx, static_cast<int>(n) / nx, k}).score;
    return scores;
}

}  // namespace calcinode::spine
