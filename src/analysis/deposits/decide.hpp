// Bone, mimic or deposit: the decision about one candidate, from its features alone.
#pragma once

#include <optional>

#include "analysis/deposits/candidates.hpp"
#include "analysis/findings.hpp"

namespace calcinode::deposits {

struct Decision {
    double confidence = 0;       // that it is a deposit, 0 to 1
    std::optional<Mimic> mimic;  // what it is taken for instead, where that can be named
};

// From this confidence on one deposit alone is reported. Deposits come in groups: near one, others are
// reported from the lower confidence on.
inline constexpr double sure_confidence = 0.89, accompanying_confidence = 0.55;
inline constexpr double accompanying_mm = 60;  // about two levels

// `skull_s`: the height of the skull base, where it is in view.
Decision decide(const Candidate& candidate, std::optional<double> skull_s);

// Which of the candidates are reported, by the rule above.
std::vector<bool> reported(const std::vector<Candidate>& candidates, const std::vector<Decision>& decisions);

}  // namespace calcinode::deposits
