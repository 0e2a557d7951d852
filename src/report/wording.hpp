// The sentences that every object of ours uses. None of them is a diagnosis.
#pragma once

#include <string>

#include "analysis/findings.hpp"

namespace calcinode::report {

inline constexpr const char* disclaimer =
    "Finding of software for review, unverified, preliminary, not for primary diagnosis.";

// A few sentences: the finding with its wording for the verdict, count and total volume, largest deposit;
// what is to be said of the spine; the disclaimer.
std::string conclusion(const Findings& findings);

// "T3-T5" or "T3"; "level uncertain: T4 (60 %) or T5 (35 %)" where unnamed.
std::string level_text(const Deposit& deposit);
// For a narrow place: "T3-T5" or "T3"; "T4 or T5?".
std::string short_level_text(const Deposit& deposit);

// "2.48" for 2481 mm3.
std::string millilitres(double volume_mm3);

}  // namespace calcinode::report
