// From loose planes to slices in a row: what belongs together, in which order, how far apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "assemble/plane.hpp"
#include "base/geometry.hpp"

namespace calcinode::assemble {

// Planes of one orientation and matrix on a regular grid along their normal.
struct Stack {
    std::vector<Plane> planes;  // ascending along the normal, each position once
    std::vector<int> slot;     // the place of each plane on the regular grid, from 0; gaps are missing slices
    Vec3 row, column, normal;  // unit vectors: along a row, along a column, row x column
    double spacing_mm = 0;     // between slots
    double thickness_mm = 0;   // the largest Slice Thickness; 0 where there is none
    double extent_mm = 0;      // from the first to the last plane's centre
    int missing = 0;           // slots without a plane
    std::vector<std::string> remarks;

    int slots() const { return slot.empty() ? 0 : slot.back() + 1; }
};

// A stack, and why it can't be analysed where it can't. Even then it holds what could be made out.
struct StackResult {
    Stack stack;
    std::optional<Unfit> unfit;
};

// Limits, each with its reason in stack.cpp.
extern const double thickest_slice_mm;

// `planes` are of one series and each suited by itself; at least one.
StackResult make_stack(std::vector<Plane> planes);

}  // namespace calcinode::assemble
