// The parts of a path that may be a canal.
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"

namespace calcinode::spine {

// Of points one a slice, foot end first, `height_mm` apart: the parts that bone encloses, cut where they turn
// more sharply than a spine does (in the skull and in the pelvis the path, which must go on to the end of the
// scan, follows other bones). Each one smooth, and from head to foot.
std::vector<std::vector<CanalPoint>> canal_stretches(const std::vector<CanalPoint>& points, double height_mm);

}  // namespace calcinode::spine
