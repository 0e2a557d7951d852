// What speaks for a deposit and what for bone, at one place of the straightened block.
//
// Each feature has a curve from its value to what it adds to the log odds (natural logarithms) that the place
// belongs to a deposit. The curves are bounded, so that no feature decides alone, and those whose direction
// anatomy gives never turn. They were fitted (logistic regression, monotone where stated) to the solid places
// of the development volumes: chest, abdomen, necks and phantoms with deposits put in at all sites, 200 to
// 950 HU and 0.1 to 7 ml; and are centred, so that 0 is what the mean place of the skeleton gets.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace calcinode::deposits {

enum class Feature {
    open,               // share of directions in which soft tissue follows, without a denser shell in between
    massive,            // mean density of 3 mm around (Gaussian), as a share of the place's own: bone is thin
    even,               // least by highest density within 2 mm: no cortex, no marrow
    dense,              // Hounsfield units
    unlike_other_side,  // density at the same place of the other side, as a share of the own
    unlike_neighbours,  // the same of the vertebrae above and below, on both sides: their median
    solid_neighbours,   // and how solid these are: as the former, of the least density within 2 mm
};
inline constexpr std::size_t features = 7;

std::string_view to_string(Feature feature);

// `not_in_view` where what a feature compares with is not in view: it then has no say.
using FeatureValues = std::array<double, features>;

double log_odds(Feature feature, double value);
// That the mean place of the solid tissue is a deposit.
inline constexpr double prior_log_odds = -3.3;
// The prior and all features together.
double log_odds(const FeatureValues& values);

inline constexpr double not_in_view = std::numeric_limits<double>::quiet_NaN();

}  // namespace calcinode::deposits
