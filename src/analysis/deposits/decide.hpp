// Bone, mimic or deposit: the decision about one candidate, from its features alone.
#pragma once

#include <string>

#include "analysis/deposits/candidates.hpp"

namespace calcinode::deposits {

struct Decision {
    double confidence = 0;  // that it is a deposit, 0 to 1; 0.5 and more is reported
    std::string mimic;      // what it is taken for instead, where that can be named; "" otherwise
};

inline constexpr double reported_confidence = 0.5;

// `skull_above`: the spine's head end is the skull base.
Decision decide(const Candidate& candidate, bool skull_above);

}  // namespace calcinode::deposits
