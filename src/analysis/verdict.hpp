// The verdict on a study from its deposits: one rule, to be read at a glance.
#pragma once

#include <vector>

#include "analysis/findings.hpp"

namespace calcinode {

// Positive: a deposit of 0.1 ml or more that is more likely than not one. Indeterminate: smaller or less sure
// ones only. Negative: none.
Verdict verdict_of(const std::vector<Deposit>& deposits);

}  // namespace calcinode
