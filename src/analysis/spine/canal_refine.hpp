// The canal's middle, measured at right angles to the canal.
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"
#include "analysis/spine/enclosure.hpp"

namespace calcinode::spine {

// The line with each point moved to the middle of the bone around it, in the plane across the line, and
// smooth. Where bone does not tell (a disc, the gap above the arch of C1) the line goes on straight from
// where it does.
std::vector<CanalPoint> refined(const EnclosureFinder& enclosures, std::vector<CanalPoint> line);

}  // namespace calcinode::spine
