// The discs between the vertebral bodies, from the attenuation in front of the canal.
#pragma once

#include <vector>

#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// Heights (s, millimetres) of the discs' middles at the canal, head end first; at least `first_s`.
std::vector<int> find_discs(const Frame& frame, const Straight& straight, int first_s);

}  // namespace calcinode::spine
