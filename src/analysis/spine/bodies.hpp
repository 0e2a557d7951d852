// The vertebral bodies between the discs: endplates, walls, axes.
#pragma once

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// What a body ends at: a disc, whose endplate is looked for near the given height, or a height that is taken
// as it is (the dens above the body of C2, the end of the scan, a guess).
enum class BodyEnd { disc, given };

// The body between two discs, given by their middles' heights at the canal's front (s, millimetres; 3 mm
// more or less do not matter; a given end may lie beyond the frame, where the scan cuts the body). Its axes
// are at right angles to the mean of its endplates. The level is left empty; trabecular attenuation and canal
// area are measured elsewhere.
Vertebra measure_body(const Frame& frame, const Straight& straight, double upper_disc_s, double lower_disc_s,
                      BodyEnd upper = BodyEnd::disc, BodyEnd lower = BodyEnd::disc);

// The body of C2 below its dens, above the given disc.
Vertebra measure_c2(const Frame& frame, const Straight& straight, double lower_disc_s);

}  // namespace calcinode::spine
