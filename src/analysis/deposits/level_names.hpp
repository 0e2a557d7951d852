// The vertebrae beside which a deposit lies.
#pragma once

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"

namespace calcinode::deposits {

// Sets the deposit's level, that of its centre, and all levels that it reaches.
void name_levels(Deposit& deposit, const Spine& spine, const spine::Frame& frame);

}  // namespace calcinode::deposits
