// Whether the large vessels in front of and beside the spine hold contrast medium.
#pragma once

#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Aorta, caval or jugular veins, carotids: even columns of at least 140 HU, 4 mm and more in radius, that
// follow the spine over several centimetres and whose border falls to soft tissue, without the bright rim and
// the texture of bone.
bool vessels_opacified(const Volume& volume, const Frame& frame, int threads);

}  // namespace calcinode::spine
