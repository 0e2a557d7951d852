// The face between what has settled in a deposit and the fluid above it: flat, and level as the patient lay.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

inline constexpr double muscle_hu = 55;  // what is around a deposit, where it is not fat

// A way to the ceiling: along an axis of the grid, upward or downward. Across it stand columns, each named by
// its place along the other two axes.
struct Way {
    std::size_t axis;
    int step;  // +1 or -1

    static std::array<int, 3> as_array(VoxelIndex v) { return {v.i, v.j, v.k}; }
    int height(VoxelIndex v) const { return step * as_array(v)[axis]; }
    std::array<int, 2> column(VoxelIndex v) const {
        const auto at = as_array(v);
        return axis == 0 ? std::array{at[1], at[2]} : std::array{at[0], at[2]};
    }
    VoxelIndex voxel(std::array<int, 2> column, int height) const {
        const int along = step * height;
        return axis == 0 ? VoxelIndex{along, column[0], column[1]} : VoxelIndex{column[0], along, column[1]};
    }
};

// The level: a plane across a way, and the columns of the sediment that end at it. The way is seldom off by
// much, but images may have been turned.
struct Face {
    double at_zero = 0, first_slope = 0, second_slope = 0;  // voxels
    std::vector<std::array<int, 2>> columns;

    double exact(std::array<int, 2> column) const {
        return at_zero + first_slope * column[0] + second_slope * column[1];
    }
    // Of the highest voxel of sediment.
    int height(std::array<int, 2> column) const { return static_cast<int>(std::lround(exact(column))); }
};

// The face of `sediment` (offsets, ascending, not empty) toward the ceiling; nothing where it has no flat
// one.
std::optional<Face> flat_face(const Volume& volume, const std::vector<std::size_t>& sediment, Way way);

std::vector<double> attenuation_of(const Volume& volume, const std::vector<std::size_t>& voxels);

}  // namespace calcinode::deposits
