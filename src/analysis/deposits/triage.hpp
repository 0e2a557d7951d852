// Which candidates are worth outlining: to outline them all would take long, and most are plainly bone.
#pragma once

#include <vector>

#include "analysis/deposits/candidates.hpp"

namespace calcinode::deposits {

// Those with enough evidence for their size, and of those that lie out of place the ones large enough to be
// listed. Never more than `most_outlined`, those with most evidence.
std::vector<Candidate> worth_outlining(std::vector<Candidate> candidates, const spine::SpineInView& seen);

// About one a millimetre of spine is usual. More are no skeleton but noise, which must not take minutes.
inline constexpr std::size_t most_outlined = 1500;

}  // namespace calcinode::deposits
