// How far each voxel is from a mask.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/kernels/memory.hpp"

namespace calcinode::kernels {

// Euclidean distance in mm from each voxel's centre to that of the nearest voxel that is set: 0 in the mask,
// infinity everywhere where nothing is set. Exact but for the rounding of a float. Voxels i fastest; the
// result does not depend on the number of threads.
Large<float> distance_mm(const std::vector<std::uint8_t>& mask, std::array<int, 3> size,
                         std::array<double, 3> spacing_mm, int threads);

}  // namespace calcinode::kernels
