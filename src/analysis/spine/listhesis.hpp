// Slips: the posterior wall of each body against that of the next one below.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// One for each pair of neighbours, head end first, where both walls can be measured well enough for a slip of
// 3 mm to be more than chance; the ring of C1, which
// has no body, is left out. The slip is the mean of two distances, both at right angles to a wall: of the
// upper body's lower corner from the lower body's wall, and of the lower body's upper corner from the upper
// body's. A bend between the two bodies makes one larger and the other smaller, and does not count.
// `upper_index` and `place` refer to the given vertebrae, which stand head end first without gaps.
std::vector<Listhesis> find_listhesis(const Volume& volume, const std::vector<Vertebra>& vertebrae);

}  // namespace calcinode::spine
