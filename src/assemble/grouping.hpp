// Which planes of a series belong to one stack.
#pragma once

#include <vector>

#include "assemble/plane.hpp"

namespace calcinode::assemble {

// The largest set of planes that share matrix, orientation and pixel spacing, in the
// order of comes_before(). At least one plane in, at least one out.
std::vector<Plane> largest_consistent(std::vector<Plane> planes);

// Of planes at the same positions, one each. Where most positions occur more than once (the phases of an
// examination) and one acquisition covers them, that acquisition; else the first acquired at each position.
// `planes` have one orientation, `normal` is their normal; the result ascends along it. `remarks` gets a
// sentence where anything was left out.
std::vector<Plane> one_per_position(std::vector<Plane> planes, Vec3 normal,
                                    std::vector<std::string>& remarks);

}  // namespace calcinode::assemble
