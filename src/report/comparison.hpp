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
    std::string analysis;  // the method that made it, as analysis_text() says it; "" of reports before it
    std::vector<PriorDeposit> deposits;
    std::vector<std::string> levels_in_view{};  // named vertebrae; none where the report does not say
};

// Of the same patient (ID and its issuer), another study, and earlier. Without an ID or a date nothing is.
bool is_prior_of(const PatientStudy& earlier, const PatientStudy& later);

// The literature calls a change of a calcinosis score by more than so much progression (Semin Arthritis Rheum
// 2022/151980), and most patients' change within a year is half of it.
inline constexpr double progression_percent = 25;
// A new deposit of so much is progression whatever the others do: the smallest that the node is made to find.
// Smaller ones may be new, or only found this time.
inline constexpr double new_deposit_mm3 = 100;

enum class Trend { progression, stable, regression };
std::string_view to_string(Trend trend);

struct DepositChange {
    int deposit_id = 0;
    double prior_volume_mm3 = 0;
    double percent = 0;  // of the prior volume; positive where it grew
    Trend trend = Trend::stable;
    std::string tracking_uid = {};  // of its counterpart
};

// Deposits near each other that are others now, but hold about as much together: one has split, some have
// fused, or one has its centre elsewhere. None of them is new or gone.
struct Regrouped {
    std::vector<int> deposit_ids;
    std::size_t prior_count = 0;
    double volume_mm3 = 0, prior_volume_mm3 = 0;
};

struct NewDeposit {
    int deposit_id = 0;
    double volume_mm3 = 0;
};

struct Comparison {
    PriorResult prior;
    std::vector<DepositChange> matched;  // in the order of the findings
    std::vector<int> unmatched;          // deposits (by ID) without a counterpart of their own: in one of ...
    std::vector<NewDeposit> fresh;       // ... new, largest first,
    std::vector<Regrouped> regrouped;    // ... to be compared together with others,
    std::vector<int> unplaced;           // ... or not in the earlier study's view, or without a name
    std::vector<PriorDeposit> gone;      // that should be in view and are not found
    std::vector<PriorDeposit> not_comparable;  // of a level that is not in view now, or had no name
    // Of all that are matched, regrouped, new or gone; no percentage where nothing was there before.
    double volume_mm3 = 0, prior_volume_mm3 = 0;
    std::optional<double> percent;
    std::optional<Trend> trend;

    const DepositChange* of(int deposit_id) const;  // null where it has no counterpart
    // Those that are progression by themselves: their number and volume.
    std::size_t new_count() const;
    double new_volume_mm3() const;
};

// Deposits are the same where level, side and compartment are or differ little: a deposit that grows may have
// its centre at the next level, or reach from a facet into the muscle, or from the middle to a side, but only
// one of these, and never from left to right.
Comparison compare(const Findings& findings, PriorResult prior);

}  // namespace calcinode::report
