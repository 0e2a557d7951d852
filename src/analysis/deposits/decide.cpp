#include "analysis/deposits/decide.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>

#include "analysis/deposits/curve.hpp"

namespace calcinode::deposits {
namespace {

// The curves of what is said of a mass as a whole, fitted together by logistic regression on the outlined
// candidates of volumes with deposits of known truth (monotone where anatomy gives the direction), and
// centred, so that 0 is what the mean mass of bone gets. tests/bench/fit_deposits makes them.
constexpr Knot tissue_curve[] = {{-3, -0.76}, {-1, -0.76}, {0, -0.63}, {1, 0.59}, {2, 2.25}, {4, 2.25}};
constexpr Knot volume_curve[] = {
    {5.3, -2.04}, {6.6, -0.39}, {7.4, 0.22}, {8.2, 0.57}, {10, 0.92}};  // log2 of mm3
constexpr Knot spread_curve[] = {{0.1, 2.67},   {0.14, 2.57},  {0.17, 2.57}, {0.2, 1.71},
                                 {0.23, -0.42}, {0.27, -2.83}, {0.31, -4.06}};
constexpr Knot free_surface_curve[] = {{0.2, -1.68}, {0.4, -0.43}, {0.6, 1.05}, {0.8, 2.49}, {1, 5.39}};
constexpr Knot island_curve[] = {{0, -0.01}, {0.3, -0.01}, {0.6, 0.65}, {1, 0.98}};
constexpr Knot standing_out_curve[] = {{0, -0.00}, {0.15, -0.00}, {0.3, -0.00}, {0.6, -0.00}, {0.9, 1.10}};
constexpr Knot compact_curve[] = {{0.2, -1.47}, {0.4, 0.02}, {0.55, 0.60}, {0.7, 1.44}, {0.85, 2.38}};
constexpr Knot other_side_curve[] = {{0, -2.23}, {0.1, -0.35}, {0.3, 2.40}, {0.6, 3.11}};
constexpr Knot neighbours_curve[] = {{0, -1.04}, {0.1, -0.46}, {0.3, 0.26}, {0.6, 1.31}, {1, 1.46}};
constexpr Knot both_curve[] = {{0, -0.11}, {0.1, 0.19}, {0.3, 0.19}};
constexpr Knot growth_curve[] = {{1, 0.10}, {2, 0.24}, {4, 0.22}, {7, -0.23}};
constexpr Knot lateral_curve[] = {{0, 1.20}, {8, 0.69}, {20, 0.67}, {30, -1.22}, {38, -3.11}, {47, -4.79}};
constexpr Knot air_curve[] = {{0, 0.06}, {0.05, -0.93}, {0.2, -2.62}};
constexpr Knot density_curve[] = {{150, -2.03}, {250, -0.45}, {400, 0.37}, {700, 0.21}, {1000, -2.28}};
constexpr Knot massive_curve[] = {{0.2, -1.90}, {0.45, -0.55}, {0.7, 0.85}, {0.95, 2.40}};
constexpr double no_other_side = 0.56;
constexpr double midline_log_odds = -2.25;  // spinous processes mirror themselves
// But a compact lump of 2 ml is no process: in 416 volumes no bone in the midline made one of more than 1.7.
constexpr double compact_in_midline = 0.5;
constexpr Knot large_in_midline_curve[] = {{10.2, midline_log_odds}, {11, 0}};  // log2 of mm3
constexpr double canal_log_odds = 0.76;                                         // no bone belongs there
// What is faint looks uneven by its own texture and edge, which counts against it as a cortex does. Bone
// hangs on the skeleton: of 475 faint masses of it beside the spine, in 242 volumes (of 28 necks, a chest, an
// abdomen and phantoms), that were free on so much of their surface, none that was compact as well had more
// than -2.8.
constexpr double faint_hu = 300;
constexpr double lump_free_surface = 0.8, lump_compactness = 0.6, free_lump_log_odds = 1;
// Osteophytes are the commonest thing at a body that is unlike the other side: well below what the fit gives
// (-2.3). Of eight masses reported there with -2.6, in volumes that no fit had seen, seven were osteophytes.
constexpr double at_body_log_odds = -3.5;
// But they hold some tenths of a millilitre in the neck, and what bridges bodies there is long, as cartilage
// is: of what was large and compact there in 230 volumes every deposit had more evidence than anything else.
constexpr double compact_at_front = 0.4;
constexpr Knot large_at_body_curve[] = {{9.2, at_body_log_odds}, {10.2, 0.5}};  // log2 of mm3
// Osteophytes of uncinate processes are as common: in 20 worn phantoms that no fit had seen six of the seven
// false deposits were theirs, 0.07 to 0.18 ml.
constexpr Knot uncinate_curve[] = {{7.6, at_body_log_odds}, {8.6, 0}};  // log2 of mm3
constexpr double in_front_log_odds = -1.11;                             // vessels and cartilage
// What is small there may be the front of an osteophyte: both false deposits in 16 other phantoms were.
constexpr Knot in_front_of_neck_curve[] = {{8, -2.5}, {9.2, in_front_log_odds}, {10.2, 0}};  // log2 of mm3
constexpr double first_levels_log_odds = -0.88;  // C1 and C2 are like no other
constexpr double cut_by_view_log_odds = -1.40;   // neither its form nor its neighbours are in view
// The offset of the regression less 1.2: deposits are far rarer in patients than in the volumes of the fit.
// In patients that a fit has not seen it lets one false alarm pass in 15 of those hard volumes. And less 0.3,
// by which bone gained as well when noise was no longer taken for spread.
constexpr double prior = -9.99;

double in_midline(const Mass& mass, double size) {
    return mass.compactness >= compact_in_midline ? at(large_in_midline_curve, size) : midline_log_odds;
}

double at_body(const Mass& mass, double size) {
    const bool compact = mass.compactness >= compact_at_front;
    if (mass.placement.region != Region::cervical || !compact) return at_body_log_odds;
    return at(large_at_body_curve, size);
}

double in_front(const Mass& mass, double size) {
    if (mass.placement.region != Region::cervical) return in_front_log_odds;
    const double by_size = at(in_front_of_neck_curve, size);
    return mass.compactness >= compact_at_front ? by_size : std::min(by_size, in_front_log_odds);
}

bool is_faint_free_lump(const Mass& mass) {
    return mass.placement.zone == Zone::beside && mass.mean_hu < faint_hu &&
           mass.free_surface >= lump_free_surface && mass.compactness >= lump_compactness;
}

double of_zone(const Mass& mass) {
    const double size = std::log2(mass.volume_mm3);
    switch (mass.placement.zone) {
        case Zone::midline:
            return in_midline(mass, size);
        case Zone::at_body:
        case Zone::body:
            return at_body(mass, size);
        case Zone::in_front:
            return in_front(mass, size);
        case Zone::canal:
            return canal_log_odds;
        case Zone::uncinate:
            return at(uncinate_curve, size);
        case Zone::beside:
            return 0;
    }
    return 0;
}

}  // namespace

std::vector<Evidence> evidence_of(const Mass& mass) {
    std::vector<Evidence> evidence;
    const auto add = [&](std::string_view feature, double value, double log_odds) {
        evidence.push_back({std::string(feature), value, log_odds});
    };
    const auto add_curve = [&](std::string_view feature, std::span<const Knot> curve, double value) {
        add(feature, value, at(curve, value));
    };
    double of_places = 0;
    for (std::size_t n = 0; n < features; ++n) {
        const auto feature = static_cast<Feature>(n);
        const double value = mass.candidate.features[n];
        if (std::isnan(value)) continue;
        of_places += mass.candidate.evidence[n];
        add(to_string(feature), value, mass.candidate.evidence[n]);
    }
    // The tissue's features are not independent of each other: together they count for less.
    add("tissue as a whole", mass.candidate.log_odds, at(tissue_curve, mass.candidate.log_odds) - of_places);

    add("volume", mass.volume_mm3, at(volume_curve, std::log2(mass.volume_mm3)));
    add_curve("spread of its density", spread_curve, mass.spread);
    add_curve("free surface", free_surface_curve, mass.free_surface);
    add_curve("island in soft tissue", island_curve, mass.island);
    add_curve("stands out", standing_out_curve, mass.standing_out);
    add_curve("compact form", compact_curve, mass.compactness);
    if (is_faint_free_lump(mass)) add("faint free lump", mass.free_surface, free_lump_log_odds);
    if (mass.in_middle) {
        add("no other side to compare with", 1, no_other_side);
    } else {
        add_curve("unmatched by the other side", other_side_curve, mass.unmatched_other_side);
        add_curve("unmatched by both", both_curve, mass.unmatched_anywhere);
    }
    add_curve("unmatched by its neighbours", neighbours_curve, mass.unmatched_neighbours);
    add_curve("growth from its solid middle", growth_curve, mass.growth);
    add_curve("distance to the middle", lateral_curve, std::abs(mass.candidate.centre.u));
    add_curve("borders on air", air_curve, mass.air_surface);
    add_curve("density", density_curve, mass.mean_hu);
    const double massive = mass.candidate.features[static_cast<std::size_t>(Feature::massive)];
    add_curve("massive as a whole", massive_curve, massive);
    if (const double log_odds = of_zone(mass); log_odds != 0)
        add("place", static_cast<double>(mass.placement.zone), log_odds);
    if (mass.placement.first_levels && mass.placement.zone != Zone::in_front)
        add("beside C1 or C2", 1, first_levels_log_odds);
    if (mass.cut_by_view) add("cut by the view", 1, cut_by_view_log_odds);
    add("prior", 0, prior);
    return evidence;
}

double sum_of(const std::vector<Evidence>& evidence) {
    return std::accumulate(evidence.begin(), evidence.end(), 0.0,
                           [](double sum, const Evidence& e) { return sum + e.log_odds; });
}

double confidence_of(double log_odds) {
    return 1 / (1 + std::exp(-log_odds));
}

double log_odds_of(double confidence) {
    return std::log(confidence / (1 - confidence));
}

}  // namespace calcinode::deposits
