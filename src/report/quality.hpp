// What a reader must know to trust a result: what limits it, and what dense things were looked at and not
// reported.
#pragma once

#include <string>
#include <vector>

#include "report/codes.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {

struct QualityFinding {
    Code code;
    std::string words;  // a sentence
};

// Metal and its streaks, motion between slices, irregular or thick slices, uncertain names of vertebrae,
// contrast medium.
std::vector<QualityFinding> quality_findings(const ReportContext& context);

// All that was taken for the same mimic and is as sure to be none of ours.
struct NotReported {
    Mimic mimic = Mimic::other;
    bool could_be_deposit = false;
    int count = 0;
    std::vector<std::string> levels;  // of those that could be a deposit; "uncertain" is left out
};

// What could be a deposit first, then the most frequent. Things outside the part that can be judged, and
// those too small to be one, are no finding and are left out.
std::vector<NotReported> not_reported(const Findings& findings);

// "Could be a deposit: ossification of the posterior longitudinal ligament (1, C5). Looked at and not
// reported, taken for: osteophyte (3), metal (1)."; "" where there is nothing.
std::string not_reported_words(const Findings& findings);

}  // namespace calcinode::report
