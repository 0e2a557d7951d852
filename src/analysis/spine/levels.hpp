// The vertebrae: where each body is, and what it is called.
#pragma once

#include <string_view>

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/landmarks.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

inline constexpr std::string_view uncertain_level = "uncertain";

// The vertebrae, head end first, with names where landmarks give them, and the landmarks that did. Canal,
// listhesis and what is measured in the bodies are left empty.
Spine find_levels(const Frame& frame, const Straight& straight, const Ribs& ribs, const Landmarks& landmarks);

}  // namespace calcinode::spine
