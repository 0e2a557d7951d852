#include "analysis/deposits/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>

#include "analysis/deposits/partial_volume.hpp"
#include "analysis/spine/canal_contour.hpp"

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
// What grows out of a joint soon has its centre in the muscle: it is still told as of the joint where so many
// of its voxels are.
constexpr double facet_share = 0.3;

VoxelMask mask_of(const Grid& grid, const std::vector<std::size_t>& voxels) {
    VoxelIndex low = grid.index(voxels.front()), high = low;
    for (const auto offset : voxels) {
        const auto v = grid.index(offset);
        low = {std::min(low.i, v.i), std::min(low.j, v.j), std::min(low.k, v.k)};
        high = {std::max(high.i, v.i), std::max(high.j, v.j), std::max(high.k, v.k)};
    }
    VoxelMask mask{low, {high.i - low.i + 1, high.j - low.j + 1, high.k - low.k + 1}, {}};
    const auto nx = static_cast<std::size_t>(mask.size[0]), ny = static_cast<std::size_t>(mask.size[1]);
    mask.inside.assign(nx * ny * static_cast<std::size_t>(mask.size[2]), 0);
    for (const auto offset : voxels) {
        const auto v = grid.index(offset);
        mask.inside[(static_cast<std::size_t>(v.k - low.k) * ny + static_cast<std::size_t>(v.j - low.j)) *
                        nx +
                    static_cast<std::size_t>(v.i - low.i)] = 1;
    }
    return mask;
}

// The two points of the largest distance: the extreme points in many directions, and from there to the
// farthest point and back until nothing is gained.
std::array<LpsPoint, 2> farthest_pair(const std::vector<LpsPoint>& points) {
    std::array<LpsPoint, 2> best{points.front(), points.front()};
    constexpr int steps = 12;
    for (int a = 0; a < steps; ++a)
        for (int b = 0; b < steps; ++b) {
            const double azimuth = std::numbers::pi * a / steps,
                         height = std::numbers::pi * (b - steps / 2.0) / steps;
            const Vec3 d{std::cos(height) * std::cos(azimuth), std::cos(height) * std::sin(azimuth),
                         std::sin(height)};
            const auto [low, high] =
                std::ranges::minmax_element(points, {}, [&](const LpsPoint& p) { return dot(p, d); });
            if (distance(*low, *high) > distance(best[0], best[1])) best = {*low, *high};
        }
    for (;;) {
        const auto from = best[0];
        const auto far =
            *std::ranges::max_element(points, {}, [&](const LpsPoint& p) { return distance(p, from); });
        if (distance(from, far) <= distance(best[0], best[1])) return best;
        best = {far, from};
    }
}

// From edge to edge: the largest distance of two centres, and a quarter of a voxel at both ends. The
// outermost voxels of what is half as dense as the inside are half to entirely filled: the edge is between
// their middle and their far side.
double longest_axis(const Grid& grid, const std::vector<LpsPoint>& points) {
    const auto [a, b] = farthest_pair(points);
    const double between = distance(a, b);
    if (between <= 0) return *std::ranges::max_element(grid.spacing_mm);
    double steps = 0;  // voxels a millimetre, along the axis that is crossed fastest
    for (std::size_t axis = 0; axis < 3; ++axis)
        steps = std::max(steps, std::abs(dot(b - a, grid.axis[axis])) / between / grid.spacing_mm[axis]);
    return between + 0.5 / steps;
}

struct CanalRelation {
    double distance_mm = 1e9, occupied_percent = 0, share = 0;
};

// Percent of the canal that is taken in the plane s. A sample takes the share of the voxel it is in, so that
// the plane stands for a slab of one voxel's height.
double occupied_percent(const Grid& grid, const spine::Frame& frame, const spine::CanalContour& canal, int s,
                        const Shares& shares) {
    constexpr double step_mm = 0.5;
    constexpr int reach = static_cast<int>(spine::ray_reach_mm / step_mm);
    double all = 0, taken = 0;
    for (int b = -reach; b <= reach; ++b)
        for (int a = -reach; a <= reach; ++a) {
            const double u = a * step_mm, v = b * step_mm;
            if (!canal.inside(s, u, v)) continue;
            all += 1;
            taken += shares.at(grid.nearest(frame.to_lps({static_cast<double>(s), u, v})));
        }
    return all > 0 ? std::clamp(100 * taken / all, 0.0, 100.0) : 0;
}

CanalRelation canal_relation(const Volume& volume, const spine::Frame& frame, const VoxelMask& mask,
                             const std::vector<spine::CurvedPoint>& places, const Shares& shares) {
    const auto [first, last] = std::ranges::minmax(places, {}, &spine::CurvedPoint::s);
    // The rim of the deposit, which is denser than fluid as well, must not pass for a wall.
    constexpr double rim_share = 0.1;
    const spine::CanalContour canal(volume, frame, static_cast<int>(std::floor(first.s)),
                                    static_cast<int>(std::ceil(last.s)),
                                    [&](VoxelIndex v) { return mask.at(v) || shares.at(v) > rim_share; });

    CanalRelation relation;
    double inside = 0;
    for (const auto& at : places) {
        const double outside = canal.distance_mm(at.s, at.u, at.v);
        relation.distance_mm = std::min(relation.distance_mm, outside);
        if (outside <= 0) inside += 1;
    }
    relation.share = inside / static_cast<double>(places.size());
    if (inside <= 0) return relation;
    for (int s = canal.first_s(); s <= canal.last_s(); ++s)
        relation.occupied_percent =
            std::max(relation.occupied_percent, occupied_percent(volume.grid, frame, canal, s, shares));
    return relation;
}

Compartment compartment_at(const spine::CurvedPoint& at, const spine::Frame& frame) {
    const double side = std::abs(at.u);
    const double radius = frame.station(static_cast<int>(at.s)).radius_mm;
    if (at.v < prevertebral_from_mm && side < prevertebral_half_width_mm) return Compartment::prevertebral;
    if (at.v > foramen_front_mm && at.v < foramen_back_mm && side < radius + foramen_width_mm)
        return Compartment::foramen;
    if (side < posterior_half_width_mm && at.v > posterior_from_mm) return Compartment::posterior;
    if (at.v >= foramen_back_mm && at.v < facet_back_mm && side < radius + facet_width_mm)
        return Compartment::facet;
    return Compartment::paraspinal;
}

// By the centre, but for what voxels must decide: much in the canal, or at a joint.
Compartment compartment_of(const spine::CurvedPoint& centre, const std::vector<spine::CurvedPoint>& places,
                           const spine::Frame& frame, double share_in_canal) {
    if (share_in_canal >= canal_share) return Compartment::canal;
    const auto compartment = compartment_at(centre, frame);
    if (compartment != Compartment::paraspinal) return compartment;
    const auto at_joint = std::ranges::count_if(
        places, [&](const auto& at) { return compartment_at(at, frame) == Compartment::facet; });
    return static_cast<double>(at_joint) >= facet_share * static_cast<double>(places.size())
               ? Compartment::facet
               : compartment;
}

// What is not fluid, by shares; the fluid's own voxels have none of it.
double settled_mm3(const Volume& volume, const std::vector<std::size_t>& voxels,
                   const std::vector<std::size_t>& fluid) {
    std::vector<std::size_t> settled;
    std::ranges::set_difference(voxels, fluid, std::back_inserter(settled));
    if (settled.empty()) return 0;
    const auto shares = shares_of(volume, mask_of(volume.grid, settled));
    double sum = shares.sum();
    for (const auto n : fluid) sum -= shares.at(volume.grid.index(n));
    return std::max(0.0, sum) * volume.grid.voxel_mm3();
}

}  // namespace

Deposit measure_deposit(const Volume& volume, const spine::Frame& frame,
                        const std::vector<std::size_t>& voxels, const std::vector<std::size_t>& fluid) {
    Deposit deposit;
    const auto count = static_cast<double>(voxels.size());
    std::vector<LpsPoint> points;
    points.reserve(voxels.size());
    Vec3 sum{};
    double total = 0, squares = 0;
    deposit.max_hu = -1e9;
    for (const auto offset : voxels) {
        points.push_back(volume.grid.to_lps(volume.grid.index(offset)));
        sum = sum + points.back();
        const double hu = volume.hu[offset];
        total += hu, squares += hu * hu;
        deposit.max_hu = std::max(deposit.max_hu, hu);
    }
    deposit.mask = mask_of(volume.grid, voxels);
    const auto shares = shares_of(volume, deposit.mask);
    deposit.volume_mm3 = std::max(0.0, shares.sum()) * volume.grid.voxel_mm3();
    if (!fluid.empty()) {
        deposit.fluid_mm3 = static_cast<double>(fluid.size()) * volume.grid.voxel_mm3();
        deposit.volume_mm3 = settled_mm3(volume, voxels, fluid) + deposit.fluid_mm3;
    }
    deposit.mean_hu = total / count;
    deposit.sd_hu = std::sqrt(std::max(0.0, squares / count - deposit.mean_hu * deposit.mean_hu));
    deposit.centroid = sum * (1 / count);
    deposit.long_axis_mm = longest_axis(volume.grid, points);

    std::vector<spine::CurvedPoint> places;
    places.reserve(points.size());
    for (const auto& point : points) places.push_back(frame.to_curved(point));
    const auto relation = canal_relation(volume, frame, deposit.mask, places, shares);
    deposit.canal_distance_mm = relation.distance_mm;
    deposit.canal_occupied_percent = relation.occupied_percent;
    const auto at = frame.to_curved(deposit.centroid);
    deposit.compartment = compartment_of(at, places, frame, relation.share);
    deposit.side = std::abs(at.u) < midline_mm ? Side::midline : at.u > 0 ? Side::left : Side::right;
    return deposit;
}

}  // namespace calcinode::deposits
