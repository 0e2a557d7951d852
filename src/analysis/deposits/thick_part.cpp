#include "analysis/deposits/thick_part.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "analysis/deposits/voxel_box.hpp"
#include "analysis/kernels/components.hpp"
#include "analysis/kernels/distance.hpp"

namespace calcinode::deposits {
namespace {

constexpr double share_of_radius =
    0.6;  // what is thinner is no part of a lump: lobes are thicker, bones thinner
constexpr double least_radius_mm = 2.5;
constexpr double most_share = 0.8;  // of the outline: more is all of it

// Of what the ball of that radius may have its middle in, the part that holds the deepest voxel.
std::vector<std::uint8_t> core_of(const VoxelBox& box, std::span<const float> depth, std::size_t deepest,
                                  double radius) {
    std::vector<std::uint8_t> core(depth.size());
    std::ranges::transform(depth, core.begin(), [&](float d) { return d >= radius; });
    const auto parts = kernels::components(core, box.size);
    for (std::size_t n = 0; n < core.size(); ++n) core[n] = parts.label[n] == parts.label[deepest];
    return core;
}

}  // namespace

std::vector<std::size_t> thick_part(const Grid& grid, const std::vector<std::size_t>& outline) {
    const auto box = box_around(grid, outline, 1);
    std::vector<std::uint8_t> outside(box.voxels(), 1);
    for (const auto n : outline) outside[box.offset(grid.index(n))] = 0;
    const auto depth = kernels::distance_mm(outside, box.size, grid.spacing_mm, 1);
    const auto deepest = static_cast<std::size_t>(std::ranges::max_element(depth) - depth.begin());
    if (depth[deepest] < least_radius_mm) return {};

    const double radius = share_of_radius * depth[deepest];
    const auto core = core_of(box, depth, deepest, radius);
    const auto beyond = kernels::distance_mm(core, box.size, grid.spacing_mm, 1);
    std::vector<std::size_t> thick;
    for (const auto n : outline)
        if (beyond[box.offset(grid.index(n))] <= radius) thick.push_back(n);
    const bool all = static_cast<double>(thick.size()) > most_share * static_cast<double>(outline.size());
    return all ? std::vector<std::size_t>{} : thick;
}

}  // namespace calcinode::deposits
