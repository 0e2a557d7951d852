// Whether a line that bone encloses is the spine's canal: marrow between the plates of an ilium, a hip or a
// jaw is soft tissue within bone as well.
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"
#include "analysis/spine/enclosure.hpp"

namespace calcinode::spine {

struct SpineLikeness {
    double symmetry = 0;  // of the bone on both sides of the line: what both share, of what either has
    double arches = 0;    // share of the line's points with an arch behind them
    double bodies = 0;    // and with a vertebral body in front of them
    // Mean distance from the middle between the trunk's two sides, as a share of its width. Where a side is
    // out of view that middle isn't known, and the view's own stands for it, which is less sure.
    double off_middle = 0;
    bool sides_in_view = false;
};

// Whether bone lies behind a place on all of the back, as near as an arch does.
bool arch_behind(const Volume& coarse, LpsPoint place);

SpineLikeness likeness_of(const Volume& coarse, const std::vector<CanalPoint>& line);

}  // namespace calcinode::spine
