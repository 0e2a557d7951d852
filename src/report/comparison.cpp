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

// Steps by which two places differ. One step is of one deposit; parts of one that has split are at the same
// or the next level.
struct Difference {
    int levels = 0, compartments = 0, sides = 0;
    int steps() const { return levels + compartments + sides; }
};

// Nothing where they can't be of one deposit.
std::optional<Difference> difference(const Deposit& now, const PriorDeposit& then) {
    const auto a = ordinal(now.level), b = ordinal(then.level);
    if (!a || !b || !then.compartment) return std::nullopt;
    const bool beside_middle = now.side == Side::midline || then.side == Side::midline;
    if (now.side != then.side && !beside_middle) return std::nullopt;
    return Difference{.levels = std::abs(*a - *b),
                      .compartments = now.compartment == *then.compartment ? 0 : 1,
                      .sides = now.side == then.side ? 0 : 1};
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
            if (const auto apart = difference(now, then); apart && apart->steps() <= 1)
                pairs.push_back({apart->steps(), std::abs(std::log(now.volume_mm3 / then.volume_mm3)), n, p});
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

bool is_progression(const NewDeposit& deposit) {
    return deposit.volume_mm3 >= new_deposit_mm3;
}

bool in_view(const Spine& spine, const std::string& level) {
    return ordinal(level) &&
           std::ranges::find(spine.vertebrae, level, &Vertebra::level) != spine.vertebrae.end();
}

// Which deposit now is which of that time, by their indices.
class Matching {
  public:
    Matching(const Findings& findings, const PriorResult& prior)
        : now_(findings.deposits),
          then_(prior.deposits),
          then_of_(now_.size(), none),
          now_of_(then_.size(), none) {
        for (const auto& pair : candidates(findings, prior)) {
            if (then_of_[pair.now] != none || now_of_[pair.then] != none) continue;
            then_of_[pair.now] = pair.then;
            now_of_[pair.then] = pair.now;
        }
        regroup();
    }

    const PriorDeposit* of_now(std::size_t n) const {
        return then_of_[n] < then_.size() ? &then_[then_of_[n]] : nullptr;
    }
    bool is_left_over_now(std::size_t n) const { return then_of_[n] == none; }
    bool is_left_over_then(std::size_t p) const { return now_of_[p] == none; }
    const std::vector<Regrouped>& groups() const { return groups_; }

  private:
    static constexpr auto none = static_cast<std::size_t>(-1), grouped = none - 1;
    struct Group {
        std::vector<std::size_t> now, then;
    };

    // Left over, or of a pair that would have changed much.
    bool is_doubtful_now(std::size_t n) const {
        if (then_of_[n] == grouped || now_[n].volume_mm3 <= 0) return false;
        return then_of_[n] == none || is_doubtful_then(then_of_[n]);
    }
    bool is_doubtful_then(std::size_t p) const {
        if (now_of_[p] == grouped || then_[p].volume_mm3 <= 0) return false;
        return now_of_[p] == none ||
               trend_of(percent_of(now_[now_of_[p]].volume_mm3, then_[p].volume_mm3)) != Trend::stable;
    }

    // All doubtful ones that hang together with one of now.
    Group around(std::size_t first) const {
        Group group{{first}, {}};
        std::vector<bool> now_seen(now_.size(), false), then_seen(then_.size(), false);
        now_seen[first] = true;
        for (std::size_t next = 0; next < group.now.size(); ++next)
            for (std::size_t p = 0; p < then_.size(); ++p) {
                if (then_seen[p] || !is_doubtful_then(p) || !near(group.now[next], p)) continue;
                then_seen[p] = true;
                group.then.push_back(p);
                for (std::size_t n = 0; n < now_.size(); ++n)
                    if (!now_seen[n] && is_doubtful_now(n) && near(n, p)) {
                        now_seen[n] = true;
                        group.now.push_back(n);
                    }
            }
        return group;
    }
    bool near(std::size_t n, std::size_t p) const {
        const auto apart = difference(now_[n], then_[p]);
        return apart && apart->levels <= 1;
    }

    // Where the sums are about equal and the single ones are not, the single ones are not compared.
    void regroup() {
        for (std::size_t n = 0; n < now_.size(); ++n) {
            if (!is_doubtful_now(n)) continue;
            auto group = around(n);
            const bool is_pair =
                group.now.size() == 1 && group.then.size() == 1 && then_of_[n] == group.then.front();
            if (group.then.empty() || is_pair) continue;
            Regrouped sums;
            sums.prior_count = group.then.size();
            std::ranges::sort(group.now);
            for (const auto member : group.now) {
                sums.deposit_ids.push_back(now_[member].id);
                sums.volume_mm3 += now_[member].volume_mm3;
            }
            for (const auto member : group.then) sums.prior_volume_mm3 += then_[member].volume_mm3;
            if (trend_of(percent_of(sums.volume_mm3, sums.prior_volume_mm3)) != Trend::stable) continue;
            for (const auto member : group.now) then_of_[member] = grouped;
            for (const auto member : group.then) now_of_[member] = grouped;
            groups_.push_back(std::move(sums));
        }
    }

    const std::vector<Deposit>& now_;
    const std::vector<PriorDeposit>& then_;
    std::vector<std::size_t> then_of_, now_of_;
    std::vector<Regrouped> groups_;
};

// A deposit at this level would have been seen. Where the earlier report does not say what was in its view,
// it is taken to have been.
bool was_in_view(const PriorResult& prior, const std::string& level) {
    return ordinal(level) && (prior.levels_in_view.empty() ||
                              std::ranges::find(prior.levels_in_view, level) != prior.levels_in_view.end());
}

void sum_up(Comparison& comparison, const Findings& findings) {
    for (const auto& change : comparison.matched) {
        comparison.prior_volume_mm3 += change.prior_volume_mm3;
        comparison.volume_mm3 +=
            std::ranges::find(findings.deposits, change.deposit_id, &Deposit::id)->volume_mm3;
    }
    for (const auto& group : comparison.regrouped) {
        comparison.prior_volume_mm3 += group.prior_volume_mm3;
        comparison.volume_mm3 += group.volume_mm3;
    }
    for (const auto& deposit : comparison.fresh) comparison.volume_mm3 += deposit.volume_mm3;
    for (const auto& gone : comparison.gone) comparison.prior_volume_mm3 += gone.volume_mm3;
    if (comparison.prior_volume_mm3 > 0) {
        comparison.percent = percent_of(comparison.volume_mm3, comparison.prior_volume_mm3);
        comparison.trend = trend_of(*comparison.percent);
    }
    if (comparison.new_count() > 0) comparison.trend = Trend::progression;
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

std::size_t Comparison::new_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(fresh, is_progression));
}

double Comparison::new_volume_mm3() const {
    double sum = 0;
    for (const auto& deposit : fresh)
        if (is_progression(deposit)) sum += deposit.volume_mm3;
    return sum;
}

Comparison compare(const Findings& findings, PriorResult prior) {
    Comparison comparison;
    const Matching matching(findings, prior);
    comparison.regrouped = matching.groups();
    for (std::size_t n = 0; n < findings.deposits.size(); ++n) {
        const auto& deposit = findings.deposits[n];
        if (const auto* counterpart = matching.of_now(n)) {
            const double percent = percent_of(deposit.volume_mm3, counterpart->volume_mm3);
            comparison.matched.push_back(
                {deposit.id, counterpart->volume_mm3, percent, trend_of(percent), counterpart->tracking_uid});
            continue;
        }
        comparison.unmatched.push_back(deposit.id);
        if (!matching.is_left_over_now(n)) continue;
        if (was_in_view(prior, deposit.level))
            comparison.fresh.push_back({deposit.id, deposit.volume_mm3});
        else
            comparison.unplaced.push_back(deposit.id);
    }
    for (std::size_t p = 0; p < prior.deposits.size(); ++p) {
        if (!matching.is_left_over_then(p)) continue;
        const auto& lost = prior.deposits[p];
        (in_view(findings.spine, lost.level) ? comparison.gone : comparison.not_comparable).push_back(lost);
    }
    sum_up(comparison, findings);
    comparison.prior = std::move(prior);
    return comparison;
}

}  // namespace calcinode::report
