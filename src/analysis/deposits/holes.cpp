#include "analysis/deposits/holes.hpp"

#include <algorithm>
#include <array>

#include "analysis/kernels/components.hpp"

namespace calcinode::deposits {
namespace {

constexpr double largest_hole_mm3 = 30;

struct Bounds {
    VoxelIndex low, high;
};

// Of the voxels, with a layer around them that is not theirs, be it beyond the volume.
Bounds bounds_of(const Grid& grid, const std::vector<std::size_t>& voxels) {
    Bounds bounds{grid.index(voxels.front()), grid.index(voxels.front())};
    for (const auto n : voxels) {
        const auto v = grid.index(n);
        bounds.low = {std::min(bounds.low.i, v.i), std::min(bounds.low.j, v.j), std::min(bounds.low.k, v.k)};
        bounds.high = {std::max(bounds.high.i, v.i), std::max(bounds.high.j, v.j),
                       std::max(bounds.high.k, v.k)};
    }
    const auto &l = bounds.low, &h = bounds.high;
    return {{l.i - 1, l.j - 1, l.k - 1}, {h.i + 1, h.j + 1, h.k + 1}};
}

}  // namespace

std::vector<std::size_t> without_holes(const Grid& grid, const std::vector<std::size_t>& voxels) {
    const auto [low, high] = bounds_of(grid, voxels);
    const std::array<int, 3> size{high.i - low.i + 1, high.j - low.j + 1, high.k - low.k + 1};
    const auto at = [&](VoxelIndex v) {
        return (static_cast<std::size_t>(v.k - low.k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(v.j - low.j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(v.i - low.i);
    };
    std::vector<std::uint8_t> outside(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                                          static_cast<std::size_t>(size[2]),
                                      1);
    for (const auto n : voxels) outside[at(grid.index(n))] = 0;
    const auto parts = kernels::components(outside, size);
    std::vector<double> volume_mm3(static_cast<std::size_t>(parts.count) + 1, 0);
    for (const auto label : parts.label) volume_mm3[static_cast<std::size_t>(label)] += grid.voxel_mm3();

    auto filled = voxels;
    const auto around = parts.label[0];  // the layer hangs together
    for (int k = low.k + 1; k < high.k; ++k)
        for (int j = low.j + 1; j < high.j; ++j)
            for (int i = low.i + 1; i < high.i; ++i) {
                const auto label = parts.label[at({i, j, k})];
                if (label == 0 || label == around) continue;
                if (volume_mm3[static_cast<std::size_t>(label)] <= largest_hole_mm3)
                    filled.push_back(grid.offset({i, j, k}));
            }
    std::ranges::sort(filled);
    return filled;
}

}  // namespace calcinode::deposits
