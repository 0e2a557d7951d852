// What is said of a deposit: its size, density and place.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

// `voxels`: offsets into the volume, ascending, not empty. Level, id and confidence are left to the caller.
Deposit measure_deposit(const Volume& volume, const spine::Frame& frame,
                        const std::vector<std::size_t>& voxels);

}  // namespace calcinode::deposits
