// Grey-scale erosion, dilation and opening by a ball.
#pragma once

#include "analysis/kernels/block.hpp"
#include "analysis/kernels/gaussian.hpp"  // IWYU pragma: export

namespace calcinode::kernels {

// The smallest (largest) value within `radius` voxels; beyond the edges nothing counts. The result does not
// depend on the number of threads.
Block erode(const Block& in, double radius, int threads);
Block dilate(const Block& in, double radius, int threads);

// dilate(erode()): at each voxel the highest threshold above which a ball of that radius fits and reaches it.
// Thin things, cortex and noise, vanish; solid things keep their value.
Block open(const Block& in, double radius, int threads);

}  // namespace calcinode::kernels
