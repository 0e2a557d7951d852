// How steeply the spinous processes fall: the back of the spine tells its part where no landmark is in view.
#pragma once

#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

struct SpinousSlope {
    double degrees =
        0;  // from level with the frame's plane (0) to along the spine (90), downward to the back
    double clearness = 0;  // 0 where nothing runs in any direction, 1 where all runs in one
};

// For each height s of a vertebra's middle.
std::vector<SpinousSlope> spinous_slopes(const Straight& straight);

}  // namespace calcinode::spine
