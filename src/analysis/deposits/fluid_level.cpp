#include "analysis/deposits/fluid_level.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include "analysis/deposits/level_face.hpp"
#include "analysis/deposits/settled.hpp"
#include "analysis/kernels/median.hpp"

namespace calcinode::deposits {
namespace {

constexpr double least_fluid_hu = 110,
                 most_fluid_hu = 260;  // calcium in suspension; less is not seen, more is bone
constexpr double least_step_hu = 120;  // from the fluid to what has settled
constexpr double most_spread_hu = 50;  // of the fluid: noise; it has no texture
constexpr double covered_mm = 2, covered_share = 0.5;  // of the face, with fluid within so much above it
constexpr double least_share = 0.1, most_share = 4;    // of the fluid's volume by what has settled
constexpr double margin_mm = 12;                       // around the sediment, to where fluid may reach
constexpr double most_at_margin = 0.01;                // of the fluid: it would go on
constexpr double least_in_soft_tissue = 0.3;           // of the fluid's own surface
constexpr double no_brighter_hu =
    90;  // than the rest of the fluid, by noise: then it is bone, or what has settled
constexpr double own_weight = 3;  // of a voxel where it is averaged with its six neighbours
constexpr double mad_to_sd = 1.4826;

// Above the level and around the sediment, as far as fluid may reach.
struct Reach {
    VoxelIndex low, high;
    bool contains(VoxelIndex v) const {
        return v.i >= low.i && v.j >= low.j && v.k >= low.k && v.i <= high.i && v.j <= high.j &&
               v.k <= high.k;
    }
    bool at_margin(VoxelIndex v, Way way) const {
        const auto at = Way::as_array(v), first = Way::as_array(low), last = Way::as_array(high);
        for (std::size_t a = 0; a < 3; ++a) {
            const bool is_level = a == way.axis;  // that side is the sediment's
            if (at[a] == first[a] && !(is_level && way.step > 0)) return true;
            if (at[a] == last[a] && !(is_level && way.step < 0)) return true;
        }
        return false;
    }
};

Reach reach_of(const Grid& grid, const std::vector<std::size_t>& sediment, Way way, const Face& face) {
    int level = face.height(face.columns.front());  // the lowest of it
    for (const auto column : face.columns) level = std::min(level, face.height(column));
    std::array<int, 3> low = grid.size, high{-1, -1, -1};
    for (const auto n : sediment) {
        const auto at = Way::as_array(grid.index(n));
        for (std::size_t a = 0; a < 3; ++a)
            low[a] = std::min(low[a], at[a]), high[a] = std::max(high[a], at[a]);
    }
    double widest_mm = 0;
    for (std::size_t a = 0; a < 3; ++a) {
        if (a == way.axis) continue;
        widest_mm = std::max(widest_mm, (high[a] - low[a] + 1) * grid.spacing_mm[a]);
        const int margin = static_cast<int>(std::ceil(margin_mm / grid.spacing_mm[a]));
        low[a] = std::max(0, low[a] - margin), high[a] = std::min(grid.size[a] - 1, high[a] + margin);
    }
    const int rise = static_cast<int>(std::ceil((widest_mm + margin_mm) / grid.spacing_mm[way.axis]));
    const int first = way.step * (level + 1), last = way.step * (level + rise);
    low[way.axis] = std::max(0, std::min(first, last));
    high[way.axis] = std::min(grid.size[way.axis] - 1, std::max(first, last));
    return {{low[0], low[1], low[2]}, {high[0], high[1], high[2]}};
}

constexpr std::array<VoxelIndex, 6> neighbours{
    {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};

VoxelIndex beside(VoxelIndex v, VoxelIndex step) {
    return {v.i + step.i, v.j + step.j, v.k + step.k};
}

class Fluid {
  public:
    Fluid(const Volume& volume, const std::vector<std::size_t>& sediment, Way way, Face face)
        : volume_(&volume),
          sediment_(&sediment),
          way_(way),
          face_(std::move(face)),
          reach_(reach_of(volume.grid, sediment, way, face_)) {}

    // The fluid's voxels, ascending; nothing where it is none.
    std::vector<std::size_t> grown() {
        if (!measure()) return {};
        auto voxels = grow();
        return is_fluid(voxels) ? voxels : std::vector<std::size_t>{};
    }

  private:
    int rows(double mm) const {
        return std::max(1, static_cast<int>(std::ceil(mm / volume_->grid.spacing_mm[way_.axis])));
    }

    // Its attenuation, just above the voxels that the face runs through.
    bool measure() {
        std::vector<double> above;
        for (const auto column : face_.columns)
            for (int row = 2; row < 2 + rows(covered_mm); ++row) {
                const auto v = way_.voxel(column, face_.height(column) + row);
                if (reach_.contains(v)) above.push_back(volume_->at(v));
            }
        if (above.empty()) return false;
        hu_ = kernels::median(std::move(above));
        const double settled_hu = kernels::median(attenuation_of(*volume_, *sediment_));
        lowest_hu_ = (hu_ + muscle_hu) / 2;
        return hu_ >= least_fluid_hu && hu_ <= most_fluid_hu && settled_hu - hu_ >= least_step_hu;
    }

    // With its neighbours, none of which counts as more than fluid or less than muscle: noise makes no way.
    double smooth_hu(VoxelIndex v) const {
        const auto bounded = [&](VoxelIndex at) {
            return std::clamp<double>(volume_->at(at), muscle_hu, hu_);
        };
        double sum = own_weight * bounded(v), weight = own_weight;
        for (const auto& step : neighbours) {
            const auto other = beside(v, step);
            if (!volume_->grid.contains(other)) continue;
            sum += bounded(other), weight += 1;
        }
        return sum / weight;
    }

    bool is_sediment(VoxelIndex v) const {
        return volume_->grid.contains(v) && std::ranges::binary_search(*sediment_, volume_->grid.offset(v));
    }
    int above_face(VoxelIndex v) const { return way_.height(v) - face_.height(way_.column(v)); }
    VoxelIndex below(VoxelIndex v) const { return way_.voxel(way_.column(v), way_.height(v) - 1); }
    bool is_bone(VoxelIndex v) const {
        return volume_->grid.contains(v) && volume_->at(v) > hu_ + no_brighter_hu && !is_sediment(v) &&
               !(above_face(v) == 1 && is_sediment(below(v)));  // the level runs through it
    }

    // Not in the rim of bone either, along which one would get into its marrow.
    bool may_be(VoxelIndex v) const {
        if (!reach_.contains(v) || above_face(v) < 1 || is_sediment(v) || is_bone(v) ||
            smooth_hu(v) < lowest_hu_)
            return false;
        return std::ranges::none_of(neighbours, [&](VoxelIndex step) { return is_bone(beside(v, step)); });
    }

    std::vector<std::size_t> grow() const {
        const auto& grid = volume_->grid;
        std::vector<std::size_t> taken;
        std::vector<std::uint8_t> seen(grid_of_reach(), 0);
        const auto take = [&](VoxelIndex v) {
            if (!may_be(v)) return;
            auto& mark = seen[place(v)];
            if (!mark) taken.push_back(grid.offset(v));
            mark = 1;
        };
        for (const auto column : face_.columns) take(way_.voxel(column, face_.height(column) + 1));
        for (std::size_t next = 0; next < taken.size(); ++next)
            for (const auto& step : neighbours) take(beside(grid.index(taken[next]), step));
        std::ranges::sort(taken);
        return taken;
    }

    bool is_fluid(const std::vector<std::size_t>& voxels) const {
        const auto ratio = static_cast<double>(voxels.size()) / static_cast<double>(sediment_->size());
        return ratio >= least_share && ratio <= most_share && covers_the_face(voxels) && is_even(voxels) &&
               has_an_end(voxels);
    }

    bool covers_the_face(const std::vector<std::size_t>& voxels) const {
        const auto is_covered = [&](std::array<int, 2> column) {
            for (int row = 2; row < 2 + rows(covered_mm); ++row) {
                const auto v = way_.voxel(column, face_.height(column) + row);
                if (reach_.contains(v) && std::ranges::binary_search(voxels, volume_->grid.offset(v)))
                    return true;
            }
            return false;
        };
        const auto covered = std::ranges::count_if(face_.columns, is_covered);
        return static_cast<double>(covered) >= covered_share * static_cast<double>(face_.columns.size());
    }

    bool is_even(const std::vector<std::size_t>& voxels) const {
        std::vector<double> off;
        for (const auto n : voxels) off.push_back(std::abs(volume_->hu[n] - hu_));
        return mad_to_sd * kernels::median(std::move(off)) <= most_spread_hu;
    }

    // Much soft tissue around it, as marrow has not, and no way out of reach.
    bool has_an_end(const std::vector<std::size_t>& voxels) const {
        const auto& grid = volume_->grid;
        double at_margin = 0, surface = 0, soft = 0;
        for (const auto n : voxels) {
            const auto v = grid.index(n);
            at_margin += reach_.at_margin(v, way_);
            for (const auto& step : neighbours) {
                const auto other = beside(v, step);
                if (!grid.contains(other) || is_sediment(other)) continue;
                if (std::ranges::binary_search(voxels, grid.offset(other))) continue;
                surface += 1;
                soft += smooth_hu(other) < lowest_hu_;
            }
        }
        return at_margin <= most_at_margin * static_cast<double>(voxels.size()) &&
               soft >= least_in_soft_tissue * surface;
    }

    std::size_t grid_of_reach() const {
        const auto extent = [](int low, int high) {
            return static_cast<std::size_t>(std::max(0, high - low + 1));
        };
        return extent(reach_.low.i, reach_.high.i) * extent(reach_.low.j, reach_.high.j) *
               extent(reach_.low.k, reach_.high.k);
    }
    std::size_t place(VoxelIndex v) const {
        const auto width = static_cast<std::size_t>(reach_.high.i - reach_.low.i + 1);
        const auto depth = static_cast<std::size_t>(reach_.high.j - reach_.low.j + 1);
        return (static_cast<std::size_t>(v.k - reach_.low.k) * depth +
                static_cast<std::size_t>(v.j - reach_.low.j)) *
                   width +
               static_cast<std::size_t>(v.i - reach_.low.i);
    }

    const Volume* volume_;
    const std::vector<std::size_t>* sediment_;
    Way way_;
    Face face_;
    Reach reach_;
    double hu_ = 0, lowest_hu_ = 0;
};

std::vector<std::size_t> fluid_on(const Volume& volume, const std::vector<std::size_t>& sediment) {
    constexpr std::array<Way, 4> ways{{{1, -1}, {1, 1}, {0, -1}, {0, 1}}};  // on the back, front, and sides
    std::vector<std::size_t> most;
    for (const auto way : ways) {
        auto face = flat_face(volume, sediment, way);
        if (!face) continue;
        auto voxels = Fluid(volume, sediment, way, std::move(*face)).grown();
        if (voxels.size() > most.size()) most = std::move(voxels);
    }
    return most;
}

}  // namespace

std::vector<std::size_t> fluid_of(const Volume& volume, const std::vector<std::size_t>& outline) {
    if (auto fluid = fluid_on(volume, outline); !fluid.empty()) return fluid;
    const auto settled = settled_part(volume, outline);
    return settled.empty() ? settled : fluid_on(volume, settled);
}

}  // namespace calcinode::deposits
