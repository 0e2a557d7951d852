#include "report/comparison.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <tuple>

namespace calcinode::report {
namespace {

constexpr std::size_t date_length = 8;  // of a DA: YYYYMMDD

// Number of a vertebra from the head; nothing for what is no name of one.
std::optional<int> ordinal(const std::string& level) {
    struct Region {
        char letter;
        int before, vertebrae;
    };
    constexpr std::array<Region, 4> regions{Region{'C', 0, 7}, {'T', 7, 12}, {'L', 19, 5}, {'S', 24, 1}};
    for (const auto& region : regions) {
        if (level.empty() || level.front() != region.letter) continue;
        int number = 0;
        const auto [end, error] = std::from_chars(level.data() + 1, level.data() + level.size(), number);
        if (error != std::errc{} || end != level.data() + level.size()) return std::nullopt;
        if (number >= 1 && number <= region.vertebrae) return region.before + number;
    }
    return std::nullopt;
}

// Steps by which two places differ; nothing where they can't be of one deposit.
std::optional<int> difference(const Deposit& now, const PriorDeposit& then) {
    const auto a = ordinal(now.level), b = ordinal(then.level);
    if (!a || !b || now.side != then.side || !then.compartment) return std::nullopt;
    const int steps = std::abs(*a - *b) + (now.compartment == *then.compartment ? 0 : 1);
    return steps <= 1 ? std::optional(steps) : std::nullopt;
}

struct Pair {
    int steps = 0;
    double ratio = 0;  // of the volumes, as a logarithm without sign
    std::size_t now = 0, then = 0;
};

// All pairs that may be one deposit, the likeliest first.
std::vector<Pair> candidates(const Findings& findings, const PriorResult& prior) {
    std::vector<Pair> pairs;
    for (std::size_t n = 0; n < findings.deposits.size(); ++n)
        for (std::size_t p = 0; p < prior.deposits.size(); ++p) {
            const auto& now = findings.deposits[n];
            const auto& then = prior.deposits[p];
            if (then.volume_mm3 <= 0 || now.volume_mm3 <= 0) continue;
            if (const auto steps = difference(now, then))
                pairs.push_back({*steps, std::abs(std::log(now.volume_mm3 / then.volume_mm3)), n, p});
        }
    std::ranges::sort(pairs, {}, [](const Pair& p) { return std::tuple(p.steps, p.ratio, p.now, p.then); });
    return pairs;
}

Trend trend_of(double percent) {
    if (percent > progression_percent) return Trend::progression;
    return percent < -progression_percent ? Trend::regression : Trend::stable;
}

double percent_of(double now, double then) {
    return (now / then - 1) * 100;
}

bool in_view(const Spine& spine, const std::string& level) {
    return ordinal(level) &&
           std::ranges::find(spine.vertebrae, level, &Vertebra::level) != spine.vertebrae.end();
}

void sum_up(Comparison& comparison, const Findings& findings) {
    for (const auto& change : comparison.matched) {
        comparison.prior_volume_mm3 += change.prior_volume_mm3;
        comparison.volume_mm3 +=
            std::ranges::find(findings.deposits, change.deposit_id, &Deposit::id)->volume_mm3;
    }
    for (const auto& gone : comparison.gone) comparison.prior_volume_mm3 += gone.volume_mm3;
    if (comparison.prior_volume_mm3 <= 0) return;
    comparison.percent = percent_of(comparison.volume_mm3, comparison.prior_volume_mm3);
    comparison.trend = trend_of(*comparison.percent);
}

}  // namespace

std::string_view to_string(Trend trend) {
    switch (trend) {
        case Trend::progression:
            return "progression";
        case Trend::stable:
            return "stable";
        case Trend::regression:
            break;
    }
    return "regression";
}

bool is_prior_of(const PatientStudy& earlier, const PatientStudy& later) {
    if (earlier.patient_id.empty() || earlier.patient_id != later.patient_id) return false;
    if (earlier.issuer != later.issuer || earlier.study_uid == later.study_uid) return false;
    if (earlier.date.size() != date_length || later.date.size() != date_length) return false;
    return std::tie(earlier.date, earlier.time) < std::tie(later.date, later.time);
}

const DepositChange* Comparison::of(int deposit_id) const {
    const auto found = std::ranges::find(matched, deposit_id, &DepositChange::deposit_id);
    return found == matched.end() ? nullptr : &*found;
}

Comparison compare(const Findings& findings, PriorResult prior) {
    Comparison comparison;
    std::vector<const PriorDeposit*> counterpart(findings.deposits.size(), nullptr);
    std::vector<bool> taken(prior.deposits.size(), false);
    for (const auto& pair : candidates(findings, prior)) {
        if (counterpart[pair.now] || taken[pair.then]) continue;
        counterpart[pair.now] = &prior.deposits[pair.then];
        taken[pair.then] = true;
    }
    for (std::size_t n = 0; n < counterpart.size(); ++n) {
        const auto& deposit = findings.deposits[n];
        if (!counterpart[n]) {
            comparison.unmatched.push_back(deposit.id);
            continue;
        }
        const double percent = percent_of(deposit.volume_mm3, counterpart[n]->volume_mm3);
        comparison.matched.push_back({deposit.id, counterpart[n]->volume_mm3, percent, trend_of(percent),
                                      counterpart[n]->tracking_uid});
    }
    for (std::size_t p = 0; p < taken.size(); ++p) {
        if (taken[p]) continue;
        const auto& lost = prior.deposits[p];
        (in_view(findings.spine, lost.level) ? comparison.gone : comparison.not_comparable).push_back(lost);
    }
    sum_up(comparison, findings);
    comparison.prior = std::move(prior);
    return comparison;
}

}  // namespace calcinode::report
