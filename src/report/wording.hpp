// The sentences that every object of ours uses. None of them is a diagnosis.
#pragma once

#include <string>

#include "analysis/findings.hpp"

namespace calcinode::report {

inline constexpr const char* disclaimer =
    "Finding of software for review, unverified, preliminary, not for primary diagnosis.";

// One or a few sentences: the finding with its wording for the verdict, count and total volume, largest
// deposit.
std::string conclusion(const Findings& findings);

// "T3-T5" or "T3", "level uncertain" where unnamed.
std::string level_text(const Deposit& deposit);

// "2.48" for 2481 mm3.
std::string millilitres(double volume_mm3);

}  // namespace calcinode::report
