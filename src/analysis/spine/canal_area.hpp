// The canal's cross-section, in the straightened block.
#pragma once

#include <optional>

#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// The area between the two heights (s, millimetres), mm^2: the median of the planes in which bone encloses
// the canal on nearly all sides. Nothing where no plane is closed, or the heights are outside of the block.
std::optional<double> canal_area_mm2(const Straight& straight, const Frame& frame, double from_s,
                                     double to_s);

}  // namespace calcinode::spine
