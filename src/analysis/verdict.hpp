// The verdict on a study from its deposits, and how grave they are: two rules, to be read at a glance.
#pragma once

#include <string>
#include <vector>

#include "analysis/findings.hpp"

namespace calcinode {

// The thresholds of both rules: section [verdict] of the configuration. Confidences are probabilities.
struct VerdictRule {
    // Positive: more likely a deposit than not ...
    double positive_confidence = 0.5;
    // ... and of 0.1 ml, the smallest deposit that the node is made to find: smaller ones can't be told from
    // osteophytes on ordinary slices.
    double positive_volume_mm3 = 100;
    // Less sure than this is not reported at all: below it the development cases have more false alarms than
    // deposits.
    double indeterminate_confidence = 0.4;
    // Percent of the canal's cross-section. Severe: retropulsed bone in burst fractures came with deficits
    // from 35 % on at T11 and T12, where cord and not roots is in the canal (Hashimoto et al., Spine
    // 1988;13:1268; 112 patients). Deposits grow slowly and the cord yields to them longer: this asks for
    // attention, it foretells no deficit.
    double severe_canal_percent = 35;
    // Moderate: surely in the canal. Less is within the error of measurement, 10 percentage points.
    double moderate_canal_percent = 10;
    // Moderate as well: a mass beside or behind the spine from this size on. Such masses displace, destroy
    // joints and are operated on; no published series gives a limit, 5 ml (a sphere of 21 mm) is our own.
    double moderate_volume_mm3 = 5000;

    bool operator==(const VerdictRule&) const = default;
};

// Positive: a deposit that is as sure and as large as the rule asks. Indeterminate: less sure or smaller ones
// only, or something excluded that could be a deposit. Negative: neither.
Verdict verdict_of(const std::vector<Deposit>& deposits, const std::vector<Excluded>& excluded,
                   const VerdictRule& rule);

// Of the gravest deposit that is sure enough for a positive verdict. It grows with what is taken of the
// canal, whatever the deposit's size; where less is taken than can be measured, in canal or foramen is grave
// from the volume of a positive verdict on, below which an osteophyte can't be told from it. In front of the
// spine volume does not count: there calcification is mostly degenerative (of 77 patients with systemic
// sclerosis 80 % had some in front of the spine and 27 % in the canal; Bauer et al., Medicine 2020;99:e22443,
// no controls).
Severity severity_of(const std::vector<Deposit>& deposits, const VerdictRule& rule);

// The deposit to look at first, and what makes it so grave: of those that are sure enough for a positive
// verdict (of all where none is) the gravest; among its like the one that takes most of the canal, then the
// largest. Null without deposits.
struct Leading {
    const Deposit* deposit = nullptr;
    SeverityReason reason = SeverityReason::none;
};
Leading leading_of(const std::vector<Deposit>& deposits, const VerdictRule& rule);

// The same text for the same values: a part of each result's identity.
std::string identity_of(const VerdictRule& rule);

}  // namespace calcinode
