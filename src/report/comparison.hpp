// A result against an earlier one of the same patient: which deposit is which, and how much each has grown.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/findings.hpp"

namespace calcinode::report {

// Whose study it is and when it was made; "" where that is not known. Never for a log.
struct PatientStudy {
    std::string patient_id, issuer;  // issuer of the patient ID
    std::string study_uid;
    std::string date, time;  // DICOM's DA and TM
};

// As far as an earlier structured report of ours says it.
struct PriorDeposit {
    std::string level;  // "uncertain" where it has no name
    std::optional<Compartment> compartment;
    Side side = Side::midline;
    double volume_mm3 = 0;
    std::string tracking_uid = {};  // "" where it has none that names it alone
};

struct PriorResult {
    PatientStudy of;
    std::string series_uid, sop_class_uid, sop_instance_uid;  // of the report
    int revision = 1;                                         // of the results of its study
    std::string software_version;                             // that made it
    std::vector<PriorDeposit> deposits;
};

// Of the same patient (ID and its issuer), another study, and earlier. Without an ID or a date nothing is.
bool is_prior_of(const PatientStudy& earlier, const PatientStudy& later);

// The literature calls a change of a calcinosis score by more than so much progression (Semin Arthritis Rheum
// 2022/151980), and most patients' change within a year is half of it.
inline constexpr double progression_percent = 25;

enum class Trend { progression, stable, regression };
std::string_view to_string(Trend trend);

struct DepositChange {
    int deposit_id = 0;
    double prior_volume_mm3 = 0;
    double percent = 0;  // of the prior volume; positive where it grew
    Trend trend = Trend::stable;
    std::string tracking_uid = {};  // of its counterpart
};

struct Comparison {
    PriorResult prior;
    std::vector<DepositChange> matched;  // in the order of the findings
    std::vector<int> unmatched;      // deposits (by ID) with no counterpart: new, or not in the prior's view
    std::vector<PriorDeposit> gone;  // that should be in view and are not found
    std::vector<PriorDeposit> not_comparable;  // of a level that is not in view now, or had no name
    // Of the matched ones and those that are gone together; nothing where there are neither.
    double volume_mm3 = 0, prior_volume_mm3 = 0;
    std::optional<double> percent;
    std::optional<Trend> trend;

    const DepositChange* of(int deposit_id) const;  // null where it has no counterpart
};

// Deposits are the same where the side is, and level and compartment are or differ little: a deposit that
// grows may have its centre at the next level, or reach from a facet into the muscle, but not both.
Comparison compare(const Findings& findings, PriorResult prior);

}  // namespace calcinode::report
