#include "analysis/deposits/candidates.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/kernels/components.hpp"

namespace calcinode::deposits {
namespace {

using kernels::Block;

constexpr double smoothing_mm = 1.0;      // takes the noise of a sharp kernel out of the minimum below
constexpr double ball_mm = 2.5;           // fits into a deposit of 0.1 ml (sphere of 2.9 mm)
constexpr double thick_ball_mm = 4.2;     // fits into a deposit of 0.5 ml, into few processes
constexpr double neighbourhood_mm = 4.0;  // cortex lies within this of any place in an arch or process
constexpr int lowest_hu = 170;            // of the opened attenuation: faint deposits start at 200
constexpr double least_solidity = 0.64;
constexpr double smallest_mm3 = 25;  // of the solid part

constexpr int mirror_tolerance_mm = 3,
              side_tolerance_mm = 2;  // left and right differ, and the frame may be turned
constexpr int nothing_hu = -700;      // air, or outside of the scan
constexpr int middle_mm = 7;          // to the side: closer to the middle a thing mirrors itself
constexpr double mirrored_share = 0.7, repeated_share = 0.5;
constexpr int level_near_mm = 14, level_far_mm = 40;  // heights of vertebrae, cervical to lumbar

std::vector<std::uint8_t> solid_mask(const Block& opened, const Block& densest, int first_s) {
    const auto [nx, ny, nz] = opened.size;
    std::vector<std::uint8_t> mask(opened.values.size(), 0);
    const auto first =
        static_cast<std::size_t>(std::clamp(first_s, 0, nz)) * static_cast<std::size_t>(nx * ny);
    for (std::size_t n = first; n < mask.size(); ++n)
        mask[n] = opened.values[n] > lowest_hu && opened.values[n] > least_solidity * densest.values[n];
    return mask;
}

// The opened attenuation, spread to the sides, so that a reference is found a little beside its exact place.
struct References {
    const Block& near;  // spread by the tolerance to the sides
    int nx, nz;

    // The densest along s, as a share of `core`. Where there is nothing to compare with, because the scan or
    // the body ends there, 1: what is not seen is no evidence.
    double share(int i, int j, int from, int to, int core) const {
        const int low = std::max(from, 0), high = std::min(to, nz - 1);
        if (2 * (high - low + 1) < to - from + 1) return 1;
        int best = nothing_hu;
        for (int k = low; k <= high; ++k) best = std::max<int>(best, near.values[near.offset(i, j, k)]);
        return best <= nothing_hu ? 1 : std::clamp(best / static_cast<double>(core), 0.0, 2.0);
    }
    double mirrored(int i, int j, int k, int core) const {
        return share(nx - 1 - i, j, k - mirror_tolerance_mm, k + mirror_tolerance_mm, core);
    }
    double above(int i, int j, int k, int core) const {
        return share(i, j, k - level_far_mm, k - level_near_mm, core);
    }
    double below(int i, int j, int k, int core) const {
        return share(i, j, k + level_near_mm, k + level_far_mm, core);
    }
};

struct Shares {
    double mirror, repeat, levels;
};

Shares compare(const References& refs, std::uint32_t voxel, int core, std::array<int, 3> size) {
    const auto [i, j, k] = kernels::index_of(voxel, size);
    const int other = size[0] - 1 - i;
    const double mirror = refs.mirrored(i, j, k, core);
    const double above = refs.above(i, j, k, core), below = refs.below(i, j, k, core);
    std::array<double, 5> all{mirror, above, below, refs.above(other, j, k, core),
                              refs.below(other, j, k, core)};
    std::ranges::sort(all, std::greater{});
    return {mirror, all[1], std::max(above, below)};  // the second: one coincidence is allowed
}

// Takes out of the mask what has its like on the other side. In the middle there is no other side.
void drop_mirrored(std::vector<std::uint8_t>& mask, const Block& opened, const References& refs) {
    const auto [nx, ny, nz] = opened.size;
    std::size_t n = 0;
    for (int k = 0; k < nz; ++k)
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i, ++n) {
                if (!mask[n] || std::abs(i - spine::half_width_mm) < middle_mm) continue;
                const int core = opened.values[n];
                if (refs.mirrored(i, j, k, core) <= mirrored_share) continue;
                if (std::max(refs.above(i, j, k, core), refs.below(i, j, k, core)) > repeated_share)
                    mask[n] = 0;
            }
}

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// 26 directions, unit length.
const std::vector<Vec3>& all_around() {
    static const auto directions = [] {
        std::vector<Vec3> out;
        for (int z = -1; z <= 1; ++z)
            for (int y = -1; y <= 1; ++y)
                for (int x = -1; x <= 1; ++x)
                    if (x != 0 || y != 0 || z != 0)
                        out.push_back(
                            unit({static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)}));
        return out;
    }();
    return directions;
}

struct Rays {
    double cortex, soft_exit;
};

// Looks from the middle to all sides until the attenuation has fallen to half of the core's.
Rays look_around(const Block& smooth, std::array<double, 3> middle, double core) {
    constexpr double reach_mm = 24;
    constexpr double overshoot = 1.25;  // a deposit's own texture stays below this
    const double edge = (core + 50) / 2;
    int cortex = 0, exits = 0;
    for (const Vec3& d : all_around()) {
        bool denser = false;
        for (double t = 0; t <= reach_mm; t += 1) {
            const int i = static_cast<int>(std::lround(middle[0] + d.x * t));
            const int j = static_cast<int>(std::lround(middle[1] + d.y * t));
            const int k = static_cast<int>(std::lround(middle[2] + d.z * t));
            if (i < 0 || j < 0 || k < 0 || i >= smooth.size[0] || j >= smooth.size[1] || k >= smooth.size[2])
                break;
            const int hu = smooth.values[smooth.offset(i, j, k)];
            denser = denser || hu > overshoot * core + 40;
            if (hu < edge) {
                ++exits;
                break;
            }
        }
        cortex += denser;
    }
    const auto count = static_cast<double>(all_around().size());
    return {cortex / count, exits / count};
}

// The candidate's voxel of the highest opened attenuation: its middle may lie outside of it.
std::array<double, 3> densest_place(const std::vector<std::uint32_t>& voxels, const Block& opened,
                                    std::array<int, 3> size) {
    const auto voxel =
        *std::ranges::max_element(voxels, {}, [&](std::uint32_t v) { return opened.values[v]; });
    const auto [i, j, k] = kernels::index_of(voxel, size);
    return {static_cast<double>(i), static_cast<double>(j), static_cast<double>(k)};
}

Candidate measure(const SolidTissue& tissue, const References& refs, const spine::Frame& frame,
                  std::vector<std::uint32_t> voxels) {
    const Block &smooth = tissue.smooth, &opened = tissue.opened;
    const auto size = smooth.size;
    Candidate candidate;
    candidate.voxels = std::move(voxels);
    auto& f = candidate.features;
    const auto count = static_cast<double>(candidate.voxels.size());
    f.volume_mm3 = count;
    std::vector<double> core, inner, mirror, repeat, levels;
    double thickest = 0;
    double si = 0, sj = 0, sk = 0, in_canal = 0, in_body = 0;
    for (const auto voxel : candidate.voxels) {
        const auto [i, j, k] = kernels::index_of(voxel, size);
        si += i, sj += j, sk += k;
        const auto at = spine::Straight::place(i, j, k);
        const double radius = frame.station(k).radius_mm;
        in_canal += std::hypot(at.u, at.v) < 0.8 * radius;
        // The body: in front of the canal, up to half again as wide as the canal, and about 4 radii deep.
        in_body += at.v < -0.8 * radius && at.v > -5.5 * radius && std::abs(at.u) < 2.0 * radius;
        const int value = opened.values[voxel];
        core.push_back(value);
        inner.push_back(smooth.values[voxel]);
        thickest = std::max(thickest, static_cast<double>(tissue.thick.values[voxel]));
        const auto shares = compare(refs, voxel, std::max(value, 1), size);
        mirror.push_back(shares.mirror);
        repeat.push_back(shares.repeat);
        levels.push_back(shares.levels);
    }
    f.core_hu = median(core);
    f.inner_hu = median(inner);
    f.thick = thickest / std::max(1.0, f.core_hu);
    f.mirror = median(mirror);
    f.repeat = median(repeat);
    f.levels = median(levels);
    f.canal_share = in_canal / count;
    f.body_share = in_body / count;
    const std::array<double, 3> middle{si / count, sj / count, sk / count};
    candidate.centre = spine::Straight::place(middle[0], middle[1], middle[2]);
    const auto rays = look_around(smooth, densest_place(candidate.voxels, opened, size), f.inner_hu);
    f.cortex = rays.cortex;
    f.soft_exit = rays.soft_exit;
    f.air_mm = 8;
    for (const Vec3& d : all_around())
        for (double t = 0; t < f.air_mm + 6; t += 1) {
            const int i = static_cast<int>(std::lround(middle[0] + d.x * t));
            const int j = static_cast<int>(std::lround(middle[1] + d.y * t));
            const int k = static_cast<int>(std::lround(middle[2] + d.z * t));
            if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) break;
            if (smooth.values[smooth.offset(i, j, k)] < -400) f.air_mm = std::min(f.air_mm, t);
        }
    return candidate;
}

}  // namespace

SolidTissue solid_tissue(const spine::Straight& straight, int threads) {
    SolidTissue tissue;
    tissue.smooth = kernels::gaussian(straight.hu, smoothing_mm, threads);
    tissue.opened = kernels::open(tissue.smooth, ball_mm, threads);
    tissue.thick = kernels::open(tissue.smooth, thick_ball_mm, threads);
    tissue.densest = kernels::dilate(tissue.smooth, neighbourhood_mm, threads);
    return tissue;
}

std::vector<Candidate> find_candidates(const SolidTissue& tissue, const spine::Frame& frame, int first_s,
                                       int threads) {
    const auto size = tissue.opened.size;
    const Block spread = kernels::dilate(tissue.opened, side_tolerance_mm, threads);
    const References refs{spread, size[0], size[2]};

    auto mask = solid_mask(tissue.opened, tissue.densest, first_s);
    drop_mirrored(mask, tissue.opened, refs);
    const auto parts = kernels::components(mask, size);
    std::vector<std::vector<std::uint32_t>> voxels(static_cast<std::size_t>(parts.count));
    for (std::size_t n = 0; n < parts.label.size(); ++n)
        if (parts.label[n] != 0)
            voxels[static_cast<std::size_t>(parts.label[n] - 1)].push_back(static_cast<std::uint32_t>(n));
    std::vector<Candidate> candidates;
    for (auto& part : voxels)
        if (static_cast<double>(part.size()) >= smallest_mm3)
            candidates.push_back(measure(tissue, refs, frame, std::move(part)));
    return candidates;
}

}  // namespace calcinode::deposits
