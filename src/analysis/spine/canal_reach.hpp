// How far the canal goes on beyond what was found slice by slice: through the bend to the sacrum, and through
// the ring of C1 to the foramen magnum.
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"
#include "analysis/spine/enclosure.hpp"

namespace calcinode::spine {

enum class End { head, foot };

// The points beyond one end of a line (from head to foot, points as far apart as a coarse volume's slices),
// nearest first: followed in planes at right angles to the canal, which may turn as sharply as a spine does,
// as far as bone encloses it.
std::vector<CanalPoint> beyond(const Volume& coarse, const EnclosureFinder& enclosures,
                               const std::vector<CanalPoint>& line, End end);

}  // namespace calcinode::spine
