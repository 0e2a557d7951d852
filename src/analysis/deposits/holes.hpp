// Noise and texture leave holes in an outline; a deposit has none.
#pragma once

#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

// The voxels (offsets, ascending, not empty) and the small holes between them. A hole of more than 30 mm3
// stays: it may be bone that a deposit surrounds.
std::vector<std::size_t> without_holes(const Grid& grid, const std::vector<std::size_t>& voxels);

}  // namespace calcinode::deposits
