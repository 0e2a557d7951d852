// The form of an outlined mass, and how it is set off from what is around it.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/deposits/candidates.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

// How like a ball it is: its volume by that of the ball with the same mean square distance from the middle.
// 1 for a ball, less the longer, the flatter or the more ragged it is.
double compactness(const Grid& grid, const std::vector<std::size_t>& voxels);

// How far it stands out: from its inside down to the level at which it hangs together with something larger,
// as a share of the way down to soft tissue. 1 for an island in muscle, near 0 for a part of a bone; between
// them where a bridge of less density leads over to bone.
//   `volume_mm3`  of the mass, `inside_hu` its own density
double standing_out(const Candidate& candidate, const kernels::Block& smooth, double volume_mm3,
                    double inside_hu);

}  // namespace calcinode::deposits
