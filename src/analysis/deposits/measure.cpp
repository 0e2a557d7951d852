#include "analysis/deposits/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

namespace calcinode::deposits {
namespace {

// Compartments by place in the curved frame, in millimetres beside and behind the canal's middle. The figures
// are adult anatomy from neck to sacrum: the canal's half-width is 7 to 13, facets lie behind the level of
// its front wall and up to 15 beyond its side.
constexpr double midline_mm = 5;      // closer to the middle than this is neither left nor right
constexpr double canal_share = 0.25;  // of the deposit's voxels
constexpr double posterior_half_width_mm = 10, posterior_from_mm = 12;
constexpr double prevertebral_from_mm = -12, prevertebral_half_width_mm = 25;
constexpr double foramen_front_mm = -12, foramen_back_mm = 1, foramen_width_mm = 12;
constexpr double facet_back_mm = 16, facet_width_mm = 19;

VoxelIndex index_of(const Grid& grid, std::size_t offset) {
    const auto nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
    return {static_cast<int>(offset % nx), static_cast<int>(offset / nx % ny),
            static_cast<int>(offset / (nx * ny))};
}

VoxelMask mask_of(const Grid& grid, const std::vector<std::size_t>& voxels) {
    VoxelIndex low = index_of(grid, voxels.front()), high = low;
    for (const auto offset : voxels) {
        const auto v = index_of(grid, offset);
        low = {std::min(low.i, v.i), std::min(low.j, v.j), std::min(low.k, v.k)};
        high = {std::max(high.i, v.i), std::max(high.j, v.j), std::max(high.k, v.k)};
    }
    VoxelMask mask{low, {high.i - low.i + 1, high.j - low.j + 1, high.k - low.k + 1}, {}};
    const auto nx = static_cast<std::size_t>(mask.size[0]), ny = static_cast<std::size_t>(mask.size[1]);
    mask.inside.assign(nx * ny * static_cast<std::size_t>(mask.size[2]), 0);
    for (const auto offset : voxels) {
        const auto v = index_of(grid, offset);
        mask.inside[(static_cast<std::size_t>(v.k - low.k) * ny + static_cast<std::size_t>(v.j - low.j)) *
                        nx +
                    static_cast<std::size_t>(v.i - low.i)] = 1;
    }
    return mask;
}

// The largest distance of two points: the extreme points in many directions hold it to well under a voxel.
double longest_axis(const std::vector<LpsPoint>& points) {
    std::vector<LpsPoint> extremes;
    constexpr int steps = 12;
    for (int a = 0; a < steps; ++a)
        for (int b = 0; b < steps; ++b) {
            const double azimuth = std::numbers::pi * a / steps,
                         height = std::numbers::pi * (b - steps / 2.0) / steps;
            const Vec3 d{std::cos(height) * std::cos(azimuth), std::cos(height) * std::sin(azimuth),
                         std::sin(height)};
            const auto [low, high] =
                std::ranges::minmax_element(points, {}, [&](const LpsPoint& p) { return dot(p, d); });
            extremes.push_back(*low);
            extremes.push_back(*high);
        }
    double longest = 0;
    for (std::size_t a = 0; a < extremes.size(); ++a)
        for (std::size_t b = a + 1; b < extremes.size(); ++b)
            longest = std::max(longest, distance(extremes[a], extremes[b]));
    return longest;
}

struct CanalRelation {
    double distance_mm = 1e9, occupied_percent = 0, share = 0;
};

CanalRelation canal_relation(const Volume& volume, const spine::Frame& frame,
                             const std::vector<LpsPoint>& points) {
    CanalRelation relation;
    std::map<int, double> area_mm2;  // within the canal, by millimetre of s
    for (const auto& point : points) {
        const auto at = frame.to_curved(point);
        const double radius = frame.station(static_cast<int>(at.s)).radius_mm;
        const double outside = std::hypot(at.u, at.v) - radius;
        relation.distance_mm = std::min(relation.distance_mm, std::max(0.0, outside));
        if (outside > 0) continue;
        area_mm2[static_cast<int>(at.s)] += volume.grid.voxel_mm3();
        relation.share += 1;
    }
    relation.share /= static_cast<double>(points.size());
    // A voxel's volume over a slab of one voxel's height is its area; slabs of less than a voxel are
    // averaged.
    const int slab = std::max(1, static_cast<int>(std::ceil(volume.grid.spacing_mm[2])));
    for (const auto& [s, own] : area_mm2) {
        double sum = 0;
        for (int q = s; q < s + slab; ++q)
            if (const auto it = area_mm2.find(q); it != area_mm2.end()) sum += it->second;
        const double radius = frame.station(s).radius_mm;
        const double canal_mm2 = std::numbers::pi * radius * radius;
        relation.occupied_percent = std::max(relation.occupied_percent, 100 * sum / slab / canal_mm2);
    }
    relation.occupied_percent = std::min(relation.occupied_percent, 100.0);
    return relation;
}

Compartment compartment_of(const spine::CurvedPoint& at, double radius, double share_in_canal) {
    const double side = std::abs(at.u);
    if (share_in_canal >= canal_share) return Compartment::canal;
    if (at.v < prevertebral_from_mm && side < prevertebral_half_width_mm) return Compartment::prevertebral;
    if (at.v > foramen_front_mm && at.v < foramen_back_mm && side < radius + foramen_width_mm)
        return Compartment::foramen;
    if (side < posterior_half_width_mm && at.v > posterior_from_mm) return Compartment::posterior;
    if (at.v >= foramen_back_mm && at.v < facet_back_mm && side < radius + facet_width_mm)
        return Compartment::facet;
    return Compartment::paraspinal;
}

}  // namespace

Deposit measure_deposit(const Volume& volume, const spine::Frame& frame,
                        const std::vector<std::size_t>& voxels) {
    Deposit deposit;
    const auto count = static_cast<double>(voxels.size());
    std::vector<LpsPoint> points;
    points.reserve(voxels.size());
    Vec3 sum{};
    double total = 0, squares = 0;
    deposit.max_hu = -1e9;
    for (const auto offset : voxels) {
        points.push_back(volume.grid.to_lps(index_of(volume.grid, offset)));
        sum = sum + points.back();
        const double hu = volume.hu[offset];
        total += hu, squares += hu * hu;
        deposit.max_hu = std::max(deposit.max_hu, hu);
    }
    deposit.mask = mask_of(volume.grid, voxels);
    deposit.volume_mm3 = count * volume.grid.voxel_mm3();
    deposit.mean_hu = total / count;
    deposit.sd_hu = std::sqrt(std::max(0.0, squares / count - deposit.mean_hu * deposit.mean_hu));
    deposit.centroid = sum * (1 / count);
    deposit.long_axis_mm = longest_axis(points);

    const auto relation = canal_relation(volume, frame, points);
    deposit.canal_distance_mm = relation.distance_mm;
    deposit.canal_occupied_percent = relation.occupied_percent;
    const auto at = frame.to_curved(deposit.centroid);
    deposit.compartment = compartment_of(at, frame.station(static_cast<int>(at.s)).radius_mm, relation.share);
    deposit.side = std::abs(at.u) < midline_mm ? Side::midline : at.u > 0 ? Side::left : Side::right;
    return deposit;
}

}  // namespace calcinode::deposits
