// Whether a place is inside the skull.
#pragma once

#include <optional>
#include <vector>

#include "analysis/spine/canal.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Bone closes the whole back of the place, without any air before it, and most of that bone is farther away
// than an arch of C1 ever is: so it is from 10 to 20 mm above the middle of C1's ring on.
bool in_cranium(const Volume& coarse, LpsPoint place);

// The lowest slice, on the way down from the top of the volume or from the vertex, that shows brain: soft
// tissue that the skull encloses on all sides. It lies 10 to 30 mm above the foramen magnum. Nothing where no
// brain is in view.
std::optional<int> lowest_brain_slice(const Volume& coarse, int threads);

// A line from head to foot without what lies in the skull: it goes straight on for some millimetres instead,
// so that the foramen magnum and the occiput behind it are beside the line.
struct BelowSkull {
    std::vector<CanalPoint> line;
    double straight_on_mm = 0;   // of the line: what lies above the last point below the skull
    bool ends_at_skull = false;  // the head end is the foramen magnum, or close to it
};
BelowSkull below_skull(const Volume& coarse, std::vector<CanalPoint> line);

}  // namespace calcinode::spine
