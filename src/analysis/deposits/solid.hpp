// Solid tissue: places that are dense throughout.
//
// Bone is a hard shell around a softer core, and thin where it is neither; a deposit is dense throughout. A
// place is solid where a small ball around it is dense and about as dense everywhere: no thick cortex crosses
// it, no marrow and no soft tissue reaches into it.
#pragma once

#include "analysis/spine/straight.hpp"

namespace calcinode::deposits {

inline constexpr double ball_mm =
    1.5;  // fits into a deposit of 0.1 ml (a sphere of 2.9 mm) with its blurred rim

struct SolidTissue {
    kernels::Block smooth;            // the attenuation without noise, 1 mm voxels of the straightened block
    kernels::Block lowest, highest;   // of `smooth`, within the ball around each voxel
    std::vector<std::uint8_t> solid;  // centres of solid balls
};

SolidTissue find_solid_tissue(const spine::Straight& straight, int threads);

}  // namespace calcinode::deposits
