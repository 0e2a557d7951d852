// Milk of calcium: in a deposit that is partly liquid what is dense settles, and fluid stands above it with a
// flat face between ("layering density", "sediment level": Appl Radiol 2021;50(3):53, on tumoral calcinosis
// of the spine).
#pragma once

#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

// The fluid of the deposit whose outline this is (offsets, ascending, not empty), ascending; nothing where it
// has no level. The outline may be of the sediment alone or hold fluid as well. Above is toward the ceiling,
// be the patient on the back, the front or a side, and so along an axis of the grid. It must have an end of
// its own to all sides: what goes on, as vessels and marrow do, is no fluid of the deposit's. Fluid is told
// from muscle by its attenuation: without at least 110 HU it can't be seen here.
std::vector<std::size_t> fluid_of(const Volume& volume, const std::vector<std::size_t>& outline);

}  // namespace calcinode::deposits
