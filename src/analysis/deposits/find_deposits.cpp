#include "analysis/deposits/find_deposits.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>

#include "analysis/deposits/canal_parts.hpp"
#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/holes.hpp"
#include "analysis/deposits/level_names.hpp"
#include "analysis/deposits/measure.hpp"
#include "analysis/deposits/mimics.hpp"
#include "analysis/deposits/overlaps.hpp"
#include "analysis/deposits/triage.hpp"
#include "base/parallel.hpp"

namespace calcinode::deposits {
namespace {

// Deposits of less than this are below what the method is made for (and 0.1 ml is the stated limit).
constexpr double smallest_deposit_mm3 = 50;
// An excluded mass is listed from this size on, what is no part of the skeleton from a smaller one: more
// would be too many to be checked by anybody.
constexpr double smallest_listed_mm3 = 200, smallest_listed_in_soft_tissue_mm3 = 100;
// And where its place does not name it, only with so much evidence: what is plainly bone is not worth a line.
constexpr double listed_log_odds = -4;

std::vector<Judged> judge_all(const Scene& scene, const std::vector<Candidate>& candidates,
                              double least_log_odds, int threads) {
    std::vector<std::optional<Judged>> judged(candidates.size());
    parallel_for(threads, static_cast<int>(candidates.size()), [&](int index) {
        const auto n = static_cast<std::size_t>(index);
        judged[n] = judge(scene, candidates[n], least_log_odds);
    });
    std::vector<Judged> all;
    for (auto& one : judged)
        if (one) all.push_back(std::move(*one));
    return all;
}

// What lies near several sure deposits, which will be reported, is likelier one as well; not what lies at the
// front of the bodies, where osteophytes and plaques come with age and not with deposits.
void add_group_evidence(std::vector<Judged>& all) {
    const auto apart_mm = [](const Judged& a, const Judged& b) {
        const auto &p = a.mass.candidate.centre, &q = b.mass.candidate.centre;
        return std::hypot(p.s - q.s, p.u - q.u, p.v - q.v);
    };
    std::vector<const Judged*> sure;
    for (const auto& judged : all)
        if (!judged.mimic && judged.log_odds >= sure_log_odds && !may_be_artefact(judged.mass) &&
            judged.mass.volume_mm3 >= smallest_deposit_mm3)
            sure.push_back(&judged);
    for (auto& judged : all) {
        const auto zone = judged.mass.placement.zone;
        const bool at_front = zone == Zone::at_body || zone == Zone::in_front;
        if (judged.mimic || at_front || judged.log_odds >= sure_log_odds) continue;
        const auto near = std::ranges::count_if(
            sure, [&](const Judged* other) { return apart_mm(judged, *other) < group_mm; });
        if (near < several) continue;
        judged.evidence.push_back({"near sure deposits", static_cast<double>(near), in_group_log_odds});
        judged.log_odds += in_group_log_odds;
    }
}

bool worth_listing(const Judged& judged) {
    if (!judged.mimic)
        return judged.mass.volume_mm3 >= smallest_listed_mm3 && judged.log_odds >= listed_log_odds;
    switch (*judged.mimic) {
        case Mimic::skull_base:
        case Mimic::styloid:
        case Mimic::rib_or_shoulder:
        case Mimic::jaw_or_tooth:
        case Mimic::vertebral_bone:
            return judged.mass.volume_mm3 >= smallest_listed_mm3;
        default:
            return judged.mass.volume_mm3 >= smallest_listed_in_soft_tissue_mm3;
    }
}

Deposit deposit_of(const Judged& judged, const Volume& volume, const spine::SpineInView& seen) {
    auto deposit =
        measure_deposit(volume, seen.frame, without_holes(volume.grid, judged.mass.voxels), judged.fluid);
    deposit.confidence = confidence_of(judged.log_odds);
    deposit.evidence = judged.evidence;
    name_levels(deposit, seen.spine, seen.frame);
    return deposit;
}

Excluded excluded_of(const Judged& judged, const spine::SpineInView& seen) {
    const auto& mass = judged.mass;
    Excluded excluded{.mimic = judged.mimic.value_or(mimic_by_exclusion(mass)),
                      .volume_mm3 = mass.volume_mm3,
                      .mean_hu = mass.mean_hu,
                      .max_hu = mass.max_hu,
                      .centroid = seen.frame.to_lps(mass.candidate.centre),
                      .could_be_deposit = !judged.mimic && could_be_deposit(mass, judged.log_odds),
                      .evidence = judged.evidence};
    Deposit place;  // named like a deposit
    place.centroid = excluded.centroid;
    name_levels(place, seen.spine, seen.frame);
    excluded.level = place.level;
    return excluded;
}

}  // namespace

Found find_deposits(const Volume& volume, const spine::SpineInView& seen,
                    const std::vector<MotionStep>& motion, double least_confidence, int threads) {
    const auto tissue = find_solid_tissue(seen.straight, threads);
    const Observer observer(tissue, seen, threads);
    auto all = find_candidates(tissue, observer, seen.first_judged_s, threads);
    std::ranges::move(canal_parts(all, observer, tissue.smooth.size), std::back_inserter(all));
    const auto candidates = worth_outlining(std::move(all), seen);
    const Artefacts artefacts(volume, motion, threads);
    auto judged = judge_all({volume, seen, tissue, observer, artefacts}, candidates,
                            log_odds_of(least_confidence), threads);
    add_group_evidence(judged);

    std::vector<Judged> reported, others;
    for (auto& j : judged) {
        const bool deposit =
            !j.mimic && !may_be_artefact(j.mass) && confidence_of(j.log_odds) >= least_confidence;
        (deposit ? reported : others).push_back(std::move(j));
    }
    settle_overlaps(reported, volume, seen);
    add_fluid(reported, volume, threads);
    std::erase_if(others, [&](const Judged& j) {
        return !worth_listing(j) ||
               std::ranges::any_of(reported, [&](const Judged& r) { return overlap(r, j); });
    });
    std::ranges::stable_sort(others, std::greater{}, [](const Judged& j) { return j.mass.volume_mm3; });
    for (std::size_t a = 0; a < others.size(); ++a)  // of several outlines of one thing the largest is listed
        others.erase(std::remove_if(others.begin() + static_cast<std::ptrdiff_t>(a) + 1, others.end(),
                                    [&](const Judged& j) { return overlap(others[a], j); }),
                     others.end());

    std::erase_if(reported, [](const Judged& j) { return j.mass.volume_mm3 < smallest_deposit_mm3; });
    Found found;
    found.deposits.resize(reported.size());
    parallel_for(threads, static_cast<int>(reported.size()), [&](int index) {
        const auto n = static_cast<std::size_t>(index);
        found.deposits[n] = deposit_of(reported[n], volume, seen);
    });
    for (const auto& j : others) found.excluded.push_back(excluded_of(j, seen));
    std::ranges::stable_sort(found.deposits, std::greater{}, &Deposit::volume_mm3);
    for (int id = 0; auto& deposit : found.deposits) deposit.id = ++id;
    return found;
}

}  // namespace calcinode::deposits
