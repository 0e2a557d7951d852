// The part of a path through all slices that is a canal.
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"

namespace calcinode::spine {

// Of points one a slice, foot end first, `height_mm` apart: the longest part that bone encloses, before it
// turns more sharply than a spine does (in the skull and in the pelvis the path, which must go on to the end
// of the scan, follows other bones). Smooth, from head to foot; empty where there is none.
std::vector<CanalPoint> canal_stretch(const std::vector<CanalPoint>& points, double height_mm);

}  // namespace calcinode::spine
