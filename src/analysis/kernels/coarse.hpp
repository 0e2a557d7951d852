// A volume at lower resolution by block averages: enough to find the spine, at a fraction of the voxels.
#pragma once

#include "analysis/volume.hpp"

namespace calcinode::kernels {

// Averages whole blocks of factor[0] x factor[1] x factor[2] voxels (an incomplete block at the end is left
// out, so that each value is the mean of equally many). The grid keeps its directions; its voxels are the
// blocks' centres.
Volume block_mean(const Volume& volume, std::array<int, 3> factor, int threads);

// The factors that bring each axis close to `target_mm` from below; 1 where the voxels are that large
// already.
std::array<int, 3> factors_for(const Grid& grid, std::array<double, 3> target_mm);

}  // namespace calcinode::kernels
