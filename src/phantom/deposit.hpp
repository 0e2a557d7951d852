// Calcified deposits: lobulated masses grown into soft tissue at a given site until they have a given volume.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "phantom/canvas.hpp"
#include "phantom/phantom.hpp"
#include "phantom/random.hpp"
#include "phantom/spine_plan.hpp"

namespace calcinode::phantom {

// Paints one deposit and says what was painted. Bone and air keep their voxels; the deposit takes what soft
// tissue is around the site, so that its volume is what was asked for, or as much as there is room for.
// A deposit whose level the plan does not know is left out (volume 0).
PhantomTruth::TrueDeposit paint_deposit(Canvas& canvas, const Frame& neck, const SpinePlan& plan,
                                        const NoiseField& noise, const DepositSpec& spec, Random& random);

}  // namespace calcinode::phantom
