// How the acquired axes become those of the canonical grid (see Grid): nearest to left, back and head.
#pragma once

#include <array>
#include <optional>

#include "assemble/stack.hpp"

namespace calcinode::assemble {

// Grid axis a runs along the acquired axis source[a] (0: along a row, 1: along a column, 2: along the
// normal), backwards where reversed[a].
struct AxisMap {
    std::array<int, 3> source{0, 1, 2};
    std::array<bool, 3> reversed{false, false, false};
};

// Nothing where an acquired axis is farther than 45 degrees from each of the patient's axes.
std::optional<AxisMap> canonical_axes(const Stack& stack);

// The images lie across the body's long axis.
bool is_axial(const Stack& stack);

}  // namespace calcinode::assemble
