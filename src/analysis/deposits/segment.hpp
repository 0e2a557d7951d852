// The outline of a deposit in the volume's own voxels, from its solid middle.
#pragma once

#include <vector>

#include "analysis/deposits/candidates.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::deposits {

// Offsets of the volume's voxels that belong to the candidate's deposit, ascending: what hangs together with
// its middle, is above half of its density, and is not further from the solid part than a tip of it would be.
std::vector<std::size_t> segment(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
                                 const Candidate& candidate);

}  // namespace calcinode::deposits
