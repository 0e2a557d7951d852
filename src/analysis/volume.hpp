// A CT volume in Hounsfield units, and where its voxels are in the patient.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/geometry.hpp"

namespace calcinode {

struct VoxelIndex {
    int i = 0, j = 0, k = 0;
    friend constexpr bool operator==(const VoxelIndex&, const VoxelIndex&) = default;
};

// The grid of a volume. Axis i is the one closest to the patient's left, j to the back, k to the head:
// whoever makes a volume permutes and reverses the acquired axes so that this holds, hence |axis[a]| is
// within 45 degrees of the LPS axis a. The axes are orthonormal and right-handed.
struct Grid {
    std::array<int, 3> size{};           // voxels along i, j, k
    std::array<double, 3> spacing_mm{};  // between voxel centres along i, j, k
    std::array<Vec3, 3> axis{Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}};  // unit vectors, LPS
    LpsPoint origin;                                                        // centre of voxel (0, 0, 0)

    std::size_t voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
    std::size_t offset(VoxelIndex v) const {
        return (static_cast<std::size_t>(v.k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(v.j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(v.i);
    }
    VoxelIndex index(std::size_t offset) const {
        const auto nx = static_cast<std::size_t>(size[0]), ny = static_cast<std::size_t>(size[1]);
        return {static_cast<int>(offset % nx), static_cast<int>(offset / nx % ny),
                static_cast<int>(offset / (nx * ny))};
    }
    bool contains(VoxelIndex v) const {
        return v.i >= 0 && v.j >= 0 && v.k >= 0 && v.i < size[0] && v.j < size[1] && v.k < size[2];
    }
    double voxel_mm3() const { return spacing_mm[0] * spacing_mm[1] * spacing_mm[2]; }
    LpsPoint to_lps(double i, double j, double k) const {
        return origin + axis[0] * (i * spacing_mm[0]) + axis[1] * (j * spacing_mm[1]) +
               axis[2] * (k * spacing_mm[2]);
    }
    LpsPoint to_lps(VoxelIndex v) const { return to_lps(v.i, v.j, v.k); }
    VoxelIndex nearest(LpsPoint p) const {
        const Vec3 at = to_index(p);
        return {static_cast<int>(std::lround(at.x)), static_cast<int>(std::lround(at.y)),
                static_cast<int>(std::lround(at.z))};
    }
    // Fractional (i, j, k) of a point.
    Vec3 to_index(LpsPoint p) const {
        const Vec3 d = p - origin;
        return {dot(d, axis[0]) / spacing_mm[0], dot(d, axis[1]) / spacing_mm[1],
                dot(d, axis[2]) / spacing_mm[2]};
    }
};

// Voxels stand i fastest, then j, then k. Outside the scanner's field of view the value is air (-1024).
struct Volume {
    Grid grid;
    std::vector<std::int16_t> hu;

    std::int16_t at(VoxelIndex v) const { return hu[grid.offset(v)]; }
};

}  // namespace calcinode
