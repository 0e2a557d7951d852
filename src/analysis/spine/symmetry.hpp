// How the vertebrae are turned about the canal, from the likeness of left and right.
#pragma once

#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// For each millimetre of s the turn, in degrees, that makes left and right most alike (see Frame::turned):
// between -12 and 12, changing slowly along the spine.
std::vector<double> axial_turn(const Straight& straight, int threads);

}  // namespace calcinode::spine
