#include "report/source_planes.hpp"

#include <algorithm>

namespace calcinode::report {

std::vector<PlaneVoxel> voxels_on_planes(const VoxelMask& mask, const Grid& grid,
                                         const SeriesSource& source) {
    std::vector<PlaneVoxel> voxels;
    const int slices = static_cast<int>(source.slices.size());
    std::size_t n = 0;
    for (int k = mask.low.k; k < mask.low.k + mask.size[2]; ++k)
        for (int j = mask.low.j; j < mask.low.j + mask.size[1]; ++j)
            for (int i = mask.low.i; i < mask.low.i + mask.size[0]; ++i, ++n) {
                if (!mask.inside[n] || !grid.contains({i, j, k})) continue;
                const auto [column, row, slice] = source.to_source(i, j, k);
                if (column < 0 || row < 0 || slice < 0) continue;
                if (column >= source.columns || row >= source.rows || slice >= slices) continue;
                voxels.push_back({column, row, slice});
            }
    return voxels;
}

std::vector<int> voxels_per_slice(const std::vector<PlaneVoxel>& voxels, const SeriesSource& source) {
    std::vector<int> counts(source.slices.size(), 0);
    for (const auto& voxel : voxels) ++counts[static_cast<std::size_t>(voxel.slice)];
    return counts;
}

int best_slice(const std::vector<int>& per_slice) {
    const auto most = std::ranges::max_element(per_slice);
    if (most == per_slice.end() || *most == 0) return -1;
    std::vector<int> equals;
    for (std::size_t s = 0; s < per_slice.size(); ++s)
        if (per_slice[s] == *most) equals.push_back(static_cast<int>(s));
    return equals[equals.size() / 2];
}

}  // namespace calcinode::report
