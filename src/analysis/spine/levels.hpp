// The vertebrae: where each body is, and what it is called.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// Bodies, head end first, between the discs that the attenuation in front of the canal shows. Names count
// down from the skull base, the only landmark used so far: `skull_s` is its height; where it is not in view
// every level is "uncertain". The canal of the result is left empty.
Spine find_levels(const Frame& frame, const Straight& straight, std::optional<double> skull_s);

// Sets the deposit's level, that of its centre, and all levels that it reaches.
void name_levels(Deposit& deposit, const Spine& spine, const Frame& frame);

inline constexpr std::string_view uncertain_level = "uncertain";

}  // namespace calcinode::spine
