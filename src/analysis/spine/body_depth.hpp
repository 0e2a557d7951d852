// How deep the column is, front to back: a cervical body measures half of a lumbar one.
#pragma once

#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// For each height s from the canal's usual front wall to where bone ends in front, millimetres; not a number
// where that isn't in view. Means something in the middle of a body only.
std::vector<double> body_depths(const Straight& straight);

}  // namespace calcinode::spine
