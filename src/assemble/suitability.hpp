// Which image planes may be analysed at all, seen one by one.
#pragma once

#include <optional>

#include "analysis/findings.hpp"
#include "assemble/plane.hpp"

namespace calcinode::assemble {

// Why this plane can't be part of an analysed volume, or nothing. Localizers and derived images are never
// analysed; an image that is called DERIVED for lossy compression only is taken for the original it shows.
std::optional<Unfit> unsuited(const Plane& plane);

// How near an Unfit's code is to an analysis: the higher, the more of the checks were passed. A study with
// several unfit series gives the reason of the one that came nearest.
int nearness(const Unfit& unfit);

}  // namespace calcinode::assemble
