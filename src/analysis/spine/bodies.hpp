// The vertebral bodies between the discs: endplates, walls, axes.
#pragma once

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// The body between two discs, given by their middles' heights at the canal (s, millimetres). The level is
// left empty; trabecular attenuation and canal area are measured elsewhere.
Vertebra measure_body(const Frame& frame, const Straight& straight, double upper_disc_s, double lower_disc_s);

}  // namespace calcinode::spine
