// Gaussian smoothing of a block.
#pragma once

#include "analysis/kernels/block.hpp"

namespace calcinode::kernels {

// Separable, standard deviation in voxels, cut off at three of them; edges repeat the border voxel. The
// result does not depend on the number of threads.
Block gaussian(const Block& in, double sigma, int threads);

}  // namespace calcinode::kernels
