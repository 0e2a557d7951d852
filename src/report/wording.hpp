// The sentences that every object of ours uses. None of them is a diagnosis.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/findings.hpp"
#include "report/report.hpp"

namespace calcinode::report {

inline constexpr const char* disclaimer =
    "Finding of software for review, unverified, preliminary, not for primary diagnosis.";

// A few sentences: the finding with its wording for the verdict, count and total volume, largest deposit;
// severity with its reason; what is to be said of the spine; the disclaimer.
std::string conclusion(const Findings& findings);

// What makes the leading deposit so grave: "C4, 40 % of the canal taken", "T8, in a foramen", "C6, 6.20 ml";
// "" where nothing does.
std::string severity_reason(const Findings& findings);

// What something dense is taken for: in_words(), but nothing of contrast medium where the vessels have none.
std::string_view mimic_words(Mimic mimic, bool contrast);

// How soon somebody must know (American College of Radiology: 1 within minutes, 2 within hours, 3 within
// days). Severe findings take much of the canal and are of category 2, every other positive study of
// category 3. Nothing else is: an indeterminate study waits for its reading.
std::optional<int> acr_category(const Findings& findings);

// "C4-C5, paraspinal, left".
std::string place_words(const Deposit& deposit);
// "Deposit 1: C4-C5, paraspinal, left, 4.17 ml, mean 744 HU, longest axis 19 mm, 1.8 mm from the canal,
// certainty 92 %."
std::string deposit_words(const Deposit& deposit);

// "Revision 2 of the result of this study: it replaces the earlier ones. "; "" for the first.
std::string revision_words(const ReportOptions& options);

// "T3-T5" or "T3"; "T3 (77 %)" where the name is not sure; "level uncertain: T4 (60 %) or T5 (35 %)" where
// unnamed.
std::string level_text(const Deposit& deposit);
// For a narrow place: "T3-T5" or "T3 (77 %)"; "T4 or T5?".
std::string short_level_text(const Deposit& deposit);

// "2.48" for 2481 mm3.
std::string millilitres(double volume_mm3);

}  // namespace calcinode::report
