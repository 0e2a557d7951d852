// The outline of a deposit in the volume's own voxels, from its solid middle.
#pragma once

#include <vector>

#include "analysis/deposits/candidates.hpp"
#include "analysis/spine/frame.hpp"

namespace calcinode::deposits {

// Offsets of the volume's voxels that belong to the candidate's deposit, ascending: above half of its
// density, hanging together with its middle, and more likely its own than the bone's beside it. For each
// dense voxel near the middle, attenuation, distance, and what the other side and the neighbouring vertebrae
// show there speak for one or the other; neighbours of like attenuation go together.
std::vector<std::size_t> segment(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
                                 const Observer& observer, const Candidate& candidate);

}  // namespace calcinode::deposits
