// Bone, mimic or deposit: the decision about one outlined candidate.
#pragma once

#include <vector>

#include "analysis/deposits/mass.hpp"
#include "analysis/findings.hpp"

namespace calcinode::deposits {

// All that speaks for or against it, in log odds (natural logarithms); the sum is the decision. First the
// tissue, as the mean of its places (see evidence.hpp), then the mass as a whole.
std::vector<Evidence> evidence_of(const Mass& mass);

double sum_of(const std::vector<Evidence>& evidence);
double confidence_of(double log_odds);  // 0 to 1
double log_odds_of(double confidence);  // and back

// Deposits come in groups: what lies within this of several sure ones is likelier to be one as well. A single
// one says little: of 20 masses in 420 volumes that it would have made deposits, 4 were.
inline constexpr double group_mm = 60;  // about two levels
inline constexpr int several = 2;
inline constexpr double sure_log_odds = 1;
inline constexpr double in_group_log_odds = 0.8;

// Fluid that stands level on what has settled (fluid_level.hpp): beside the spine deposits have it, and
// contrast medium in the gut, which is named by its place. Of that share of the sediment's volume and more it
// counts as much as any property of the tissue.
inline constexpr double fluid_level_log_odds = 3.5;
inline constexpr double least_fluid_share = 0.2;

}  // namespace calcinode::deposits
