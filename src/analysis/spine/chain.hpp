// The likeliest chain of named discs. Where each disc is and what it is called is decided at once: a chain
// that puts every disc where one looks like one, spaces them as vertebrae of those names are spaced, and
// meets the landmarks is likelier than one that does not, and how much likelier says how sure the names are.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/spine/ribs.hpp"
#include "analysis/spine/spinous.hpp"

namespace calcinode::spine {

inline constexpr std::array<std::string_view, 25> level_names{
    "C1", "C2", "C3", "C4",  "C5",  "C6",  "C7", "T1", "T2", "T3", "T4", "T5", "T6",
    "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"};
inline constexpr int levels = static_cast<int>(level_names.size());
inline constexpr int c1 = 0, c2 = 1, c3 = 2, c7 = 6, t1 = 7, t12 = 18, l1 = 19, l4 = 22, l5 = 23, s1 = 24;

// Mean height of the vertebra with its disc, along the canal, of an adult; C3 to L5.
double usual_spacing_mm(int level);

// No single landmark is trusted beyond this, in nats: anatomy varies, and a landmark may be mistaken.
inline constexpr double most_per_landmark = 6;

// A place, with how far off it usually is.
struct Place {
    double s = 0, sd_mm = 0;
    double most_nats = most_per_landmark;
};

// What is seen along the spine, by height s in whole millimetres. Logarithms of likelihood ratios are natural
// ones: 2.3 means ten times likelier.
struct Evidence {
    std::vector<double> disc;       // that a disc's middle is here rather than not
    std::vector<double> disc_dip;   // how dark against its endplates a disc here is; see discs.hpp
    std::vector<double> rib_hu;     // of the rib that a vertebra whose middle is here would bear, or NaN
    std::vector<double> rib_joins;  // that a rib joins a vertebra whose middle is here, not higher or lower
    std::vector<double> depth_mm;   // of the body whose middle is here, or NaN
    std::vector<SpinousSlope> spinous;       // of a vertebra whose middle is here
    std::vector<Place> disc_c2_c3;           // each of these, from the skull base and the dens
    std::vector<Place> disc_c2_c3_by_atlas;  // one of these, from what may be C1
    std::vector<Place> t1;                   // of T1's middle, from the first rib and the lung's apex
    std::optional<Place> disc_l4_l5;         // from the iliac crests
};

struct Chain {
    int first_level = 0;     // the vertebra above the first disc
    std::vector<int> discs;  // heights, head end first
    // For each disc, how likely the vertebra above it has each name; sums to 1.
    std::vector<std::array<double, levels>> names;
};

// Empty where the evidence is shorter than two discs.
Chain likeliest_chain(const Evidence& evidence);

}  // namespace calcinode::spine
