#include "analysis/deposits/find_deposits.hpp"

#include <algorithm>

#include "analysis/deposits/candidates.hpp"
#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/measure.hpp"
#include "analysis/deposits/segment.hpp"
#include "analysis/spine/levels.hpp"

namespace calcinode::deposits {
namespace {

struct Outline {
    std::vector<std::size_t> voxels;
    double confidence = 0;
};

// Outlines that share voxels are one deposit, of the higher confidence.
std::vector<Outline> merged(std::vector<Outline> outlines) {
    for (std::size_t a = 0; a < outlines.size(); ++a)
        for (std::size_t b = a + 1; b < outlines.size();) {
            auto &one = outlines[a], &other = outlines[b];
            std::vector<std::size_t> both;
            std::ranges::set_intersection(one.voxels, other.voxels, std::back_inserter(both));
            if (both.empty()) {
                ++b;
                continue;
            }
            std::vector<std::size_t> all;
            std::ranges::set_union(one.voxels, other.voxels, std::back_inserter(all));
            one = {std::move(all), std::max(one.confidence, other.confidence)};
            outlines.erase(outlines.begin() + static_cast<std::ptrdiff_t>(b));
            b = a + 1;  // the larger one may meet those before
        }
    return outlines;
}

// Deposits of less than this are below what the method is made for (and 0.1 ml is the stated limit).
constexpr double smallest_deposit_mm3 = 50;
// An excluded mass is listed from this size on: smaller ones are too many to be checked by anybody.
constexpr double smallest_listed_mm3 = 200;

}  // namespace

Found find_deposits(const Volume& volume, const spine::SpineInView& seen, int threads) {
    Found found;
    const auto tissue = solid_tissue(seen.straight, threads);
    const auto candidates = find_candidates(tissue, seen.frame, seen.first_judged_s, threads);
    std::vector<Decision> decisions;
    for (const auto& candidate : candidates) decisions.push_back(decide(candidate, seen.skull_s));
    const auto is_reported = reported(candidates, decisions);

    std::vector<Outline> outlines;
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        const auto& candidate = candidates[n];
        const auto& decision = decisions[n];
        if (is_reported[n])
            outlines.push_back({segment(volume, seen.frame, tissue, candidate), decision.confidence});
        else if (decision.mimic && candidate.features.volume_mm3 >= smallest_listed_mm3)
            found.excluded.push_back({.mimic = *decision.mimic,
                                      .volume_mm3 = candidate.features.volume_mm3,
                                      .mean_hu = candidate.features.inner_hu,
                                      .max_hu = candidate.features.core_hu,
                                      .centroid = seen.frame.to_lps(candidate.centre)});
    }
    for (auto& outline : merged(std::move(outlines))) {
        if (static_cast<double>(outline.voxels.size()) * volume.grid.voxel_mm3() < smallest_deposit_mm3)
            continue;
        auto deposit = measure_deposit(volume, seen.frame, outline.voxels);
        deposit.confidence = outline.confidence;
        spine::name_levels(deposit, seen.spine, seen.frame);
        found.deposits.push_back(std::move(deposit));
    }
    std::ranges::stable_sort(found.deposits, std::greater{}, &Deposit::volume_mm3);
    for (int id = 0; auto& deposit : found.deposits) deposit.id = ++id;
    return found;
}

}  // namespace calcinode::deposits
