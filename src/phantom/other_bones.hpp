// Bones and cartilage that are in a CT of the neck but not of the spine: jaw, hyoid, larynx, first ribs,
// collar bones. They are what an analysis must not take for a deposit.
#pragma once

#include "phantom/canvas.hpp"
#include "phantom/random.hpp"
#include "phantom/spine_plan.hpp"

namespace calcinode::phantom {

void paint_other_bones(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                       Random& random);

}  // namespace calcinode::phantom
