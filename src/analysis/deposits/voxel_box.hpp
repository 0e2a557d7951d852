// A box of a volume's voxels with offsets of its own, for what is worked out around one mass.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

struct VoxelBox {
    VoxelIndex low;  // its first voxel; it may lie beyond the volume
    std::array<int, 3> size{};

    std::size_t voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
    bool contains(VoxelIndex v) const {
        return v.i >= low.i && v.j >= low.j && v.k >= low.k && v.i < low.i + size[0] &&
               v.j < low.j + size[1] && v.k < low.k + size[2];
    }
    std::size_t offset(VoxelIndex v) const {
        return (static_cast<std::size_t>(v.k - low.k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(v.j - low.j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(v.i - low.i);
    }
    VoxelIndex index(std::size_t n) const {
        const auto nx = static_cast<std::size_t>(size[0]), ny = static_cast<std::size_t>(size[1]);
        return {low.i + static_cast<int>(n % nx), low.j + static_cast<int>(n / nx % ny),
                low.k + static_cast<int>(n / (nx * ny))};
    }
};

// Around these (offsets, not empty), with `margin` voxels more to each side.
inline VoxelBox box_around(const Grid& grid, const std::vector<std::size_t>& voxels, int margin) {
    VoxelIndex low = grid.index(voxels.front()), high = low;
    for (const auto n : voxels) {
        const auto v = grid.index(n);
        low = {std::min(low.i, v.i), std::min(low.j, v.j), std::min(low.k, v.k)};
        high = {std::max(high.i, v.i), std::max(high.j, v.j), std::max(high.k, v.k)};
    }
    const int more = 2 * margin + 1;
    return {{low.i - margin, low.j - margin, low.k - margin},
            {high.i - low.i + more, high.j - low.j + more, high.k - low.k + more}};
}

}  // namespace calcinode::deposits
