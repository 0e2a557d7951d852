#include "analysis/deposits/holes.hpp"

#include <algorithm>

#include "analysis/deposits/voxel_box.hpp"
#include "analysis/kernels/components.hpp"

namespace calcinode::deposits {
namespace {

constexpr double largest_hole_mm3 = 30;

}  // namespace

std::vector<std::size_t> without_holes(const Grid& grid, const std::vector<std::size_t>& voxels) {
    const auto box = box_around(grid, voxels, 1);  // a layer around them is not theirs
    std::vector<std::uint8_t> outside(box.voxels(), 1);
    for (const auto n : voxels) outside[box.offset(grid.index(n))] = 0;
    const auto parts = kernels::components(outside, box.size);
    std::vector<double> volume_mm3(static_cast<std::size_t>(parts.count) + 1, 0);
    for (const auto label : parts.label) volume_mm3[static_cast<std::size_t>(label)] += grid.voxel_mm3();

    auto filled = voxels;
    const auto around = parts.label[0];  // the layer hangs together
    for (std::size_t n = 0; n < outside.size(); ++n) {
        const auto label = parts.label[n];
        if (label == 0 || label == around) continue;
        if (volume_mm3[static_cast<std::size_t>(label)] <= largest_hole_mm3)
            filled.push_back(grid.offset(box.index(n)));
    }
    std::ranges::sort(filled);
    return filled;
}

}  // namespace calcinode::deposits
