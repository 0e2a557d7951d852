// What is one thing, and what of it belongs to whom.
#pragma once

#include <vector>

#include "analysis/deposits/judge.hpp"

namespace calcinode::deposits {

bool overlap(const Judged& a, const Judged& b);

// Two outlines of one thing become one, with the evidence of the one that has more; two things that touch
// share out what both outlines hold.
void settle_overlaps(std::vector<Judged>& all, const Volume& volume, const spine::SpineInView& seen);

// Fluid that stands above a deposit becomes a part of it (see fluid_level.hpp), and so does what was taken
// for a deposit of its own and is that fluid.
void add_fluid(std::vector<Judged>& all, const Volume& volume, int threads);

}  // namespace calcinode::deposits
