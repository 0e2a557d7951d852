#include "analysis/deposits/segment.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

#include "analysis/deposits/straight_place.hpp"
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
constexpr double close_far_per_mm = 2.5;  // where the outline is to stay close
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
kernels::Large<float> distance_to_centres(const VoxelBox& box, const std::vector<LpsPoint>& points,
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
double without_edge(const VoxelBox& box, const std::vector<std::int16_t>& hu, std::size_t n, double inside) {
    double densest = hu[n];
    if (densest >= inside) return densest;
    for_neighbours(box, n, [&](std::size_t m) { densest = std::max<double>(densest, hu[m]); });
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

// Mean field: each voxel's share of belonging follows its own evidence and its neighbours' shares, bound the
// stronger the more alike they are.
std::vector<float> belonging(const VoxelBox& box, const std::vector<std::int16_t>& hu,
                             const std::vector<std::uint8_t>& dense, const std::vector<float>& own) {
    std::vector<float> share(hu.size(), 0);
    std::vector<std::size_t> places;
    for (std::size_t n = 0; n < share.size(); ++n)
        if (dense[n]) {
            places.push_back(n);
            share[n] = 1 / (1 + std::exp(-own[n]));
        }
    for (int round = 0; round < rounds; ++round)
        for (const auto n : places) {  // in place: it settles sooner
            float sum = own[n];
            for_neighbours(box, n, [&](std::size_t m) {
                if (!dense[m]) return;
                const float apart = static_cast<float>(hu[n] - hu[m]) / static_cast<float>(bond_hu);
                sum += static_cast<float>(bond) * (2 * share[m] - 1) / (1 + apart * apart);
            });
            share[n] = 1 / (1 + std::exp(-sum));
        }
    return share;
}

}  // namespace

Segmenter::Segmenter(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
                     const Observer& observer, const Candidate& candidate)
    : grid_(&volume.grid) {
    const auto middle = surer_half(candidate);
    const auto points = centres_of(middle, frame, tissue.smooth.size);
    const double inside = median_hu(middle, tissue.smooth);
    const double edge = std::max(lowest_edge_hu, (inside + soft_tissue_hu) / 2);

    box_ = box_in_reach(points, *grid_);
    distance_ = distance_to_centres(box_, points, *grid_);
    hu_.resize(box_.voxels());
    dense_.resize(box_.voxels());
    for (std::size_t n = 0; n < hu_.size(); ++n) {
        hu_[n] = volume.at(box_.index(n));
        dense_[n] = hu_[n] >= edge && distance_[n] <= reach_mm;
    }
    own_.assign(hu_.size(), static_cast<float>(least_own));
    for (std::size_t n = 0; n < hu_.size(); ++n) {
        if (!dense_[n]) continue;
        double own = attenuation_log_odds(without_edge(box_, hu_, n, inside), inside);
        if (const auto place =
                place_near(grid_->to_lps(box_.index(n)), frame, tissue.smooth.size, candidate.centre.s))
            own += likeness_weight *
                   (likeness_log_odds(observer.likeness_at(*place, inside)) - likeness_balance);
        own_[n] = static_cast<float>(own);
    }
}

std::vector<std::size_t> Segmenter::outline() const {
    return outline_within(far_per_mm);
}

std::vector<std::size_t> Segmenter::close_outline() const {
    return outline_within(close_far_per_mm);
}

std::vector<std::size_t> Segmenter::outline_within(double far) const {
    auto own = own_;
    for (std::size_t n = 0; n < own.size(); ++n) {
        const double beyond = distance_[n] - ball_mm;
        own[n] += static_cast<float>(beyond <= 0 ? near_own : -far * beyond);
    }
    const auto share = belonging(box_, hu_, dense_, own);
    std::vector<std::uint8_t> taken(hu_.size(), 0);
    std::queue<std::size_t> open;
    const auto take = [&](std::size_t n) {
        if (taken[n] || !dense_[n] || share[n] <= 0.5F) return;
        taken[n] = 1;
        open.push(n);
    };
    for (std::size_t n = 0; n < taken.size(); ++n)
        if (distance_[n] <= 1) take(n);
    while (!open.empty()) {
        const auto n = open.front();
        open.pop();
        for_neighbours(box_, n, take);
    }
    std::vector<std::size_t> found;
    for (std::size_t n = 0; n < taken.size(); ++n)
        if (taken[n]) found.push_back(grid_->offset(box_.index(n)));
    return found;
}

}  // namespace calcinode::deposits
