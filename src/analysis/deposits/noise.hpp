// How much the scan's attenuations scatter by noise alone.
#pragma once

#include "analysis/volume.hpp"

namespace calcinode::deposits {

// Standard deviation in Hounsfield units, from soft tissue: half of its voxels differ by no more than so much
// from others of it 3 mm beside them. Zero where too little soft tissue is in view to say.
double noise_hu(const Volume& volume);

}  // namespace calcinode::deposits
