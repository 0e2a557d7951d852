#include "analysis/deposits/triage.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/deposits/mimics.hpp"

namespace calcinode::deposits {
namespace {

// Candidates with less evidence by their tissue and size are bone.
constexpr double outlined_log_odds = -1.9, outlined_if_open_log_odds = -3.6;
constexpr double open_share = 0.85;  // a small thing in soft tissue needs less
constexpr double doubling_log_odds = 0.4, even_mm3 = 50;
constexpr double large_mm3 = 400, large_log_odds = 0.3;
// Out of place, only what is so large is outlined, in order to be listed.
constexpr double outlined_out_of_place_mm3 = 30;
// What is larger than this in its solid middle is no deposit but a whole volume of something.
constexpr double largest_outlined_mm3 = 200000;

double by_tissue_and_size(const Candidate& candidate) {
    return candidate.log_odds + doubling_log_odds * std::log2(candidate.volume_mm3 / even_mm3);
}

bool is_worth_outlining(const Candidate& candidate, const spine::SpineInView& seen) {
    const double open = candidate.features[static_cast<std::size_t>(Feature::open)];
    if (candidate.volume_mm3 > largest_outlined_mm3) return false;
    if (candidate.volume_mm3 > large_mm3 && candidate.log_odds < large_log_odds) return false;
    const double sum = by_tissue_and_size(candidate);
    if (sum < (open > open_share ? outlined_if_open_log_odds : outlined_log_odds)) return false;
    return candidate.volume_mm3 >= outlined_out_of_place_mm3 ||
           !out_of_place(candidate.centre, placement_of(candidate.centre, seen));
}

}  // namespace

std::vector<Candidate> worth_outlining(std::vector<Candidate> candidates, const spine::SpineInView& seen) {
    std::erase_if(candidates, [&](const Candidate& c) { return !is_worth_outlining(c, seen); });
    if (candidates.size() <= most_outlined) return candidates;
    std::ranges::stable_sort(candidates, std::greater{}, by_tissue_and_size);
    candidates.resize(most_outlined);
    return candidates;
}

}  // namespace calcinode::deposits
