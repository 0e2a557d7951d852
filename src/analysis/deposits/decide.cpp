#include "analysis/deposits/decide.hpp"

#include <cmath>
#include <numeric>
#include <span>
#include <string_view>

#include "analysis/deposits/curve.hpp"

namespace calcinode::deposits {
namespace {

// The curves of what is said of a mass as a whole, fitted together
// by logistic regression on the outlined candidates of the development volumes (monotone where anatomy gives
// the direction), and centred, so that 0 is what the mean mass of bone gets.
constexpr Knot tissue_curve[] = {{-3, -1.1}, {0, -0.7}, {2, 1.6}, {4, 2.1}};
constexpr Knot volume_curve[] = {{5.3, -0.9}, {6.6, -0.45}, {8.2, 0.15}, {10, 1.0}};  // log2 of mm3
constexpr Knot spread_curve[] = {{0.10, 3.4}, {0.14, 3.3},  {0.17, 2.9},
                                 {0.20, 1.6}, {0.23, -0.5}, {0.27, -1.8}};
constexpr Knot free_surface_curve[] = {{0.2, -1.2}, {0.4, -0.15}, {0.6, 0.6}, {0.8, 0.95}, {1, 1.65}};
constexpr Knot island_curve[] = {{0, 0}, {0.3, 0.7}, {0.6, 1.35}, {1, 1.6}};
constexpr Knot other_side_curve[] = {{0, -0.7}, {0.1, 0.4}, {0.3, 1.5}, {0.6, 2.0}};
constexpr Knot neighbours_curve[] = {{0, -0.95}, {0.1, -0.4}, {0.3, 0.25}, {0.6, 0.4}, {1, 1.4}};
constexpr Knot both_curve[] = {{0, -0.35}, {0.1, 0.45}};
constexpr Knot growth_curve[] = {{1, 0.85}, {2, 0.6}, {4, 0}, {7, -0.2}};
constexpr Knot lateral_curve[] = {{0, 1.35}, {8, 0.65}, {20, 0.4}, {30, -1.4}, {38, -2.5}, {47, -2.9}};
constexpr Knot air_curve[] = {{0, 0}, {0.05, -0.45}, {0.2, -0.75}};
constexpr Knot density_curve[] = {{150, -0.55}, {250, -0.25}, {400, 0.3}, {700, -0.15}, {1000, -0.95}};
constexpr Knot massive_curve[] = {{0.2, -0.35}, {0.45, -0.2}, {0.70, 0.25}, {0.95, 0.8}};
constexpr double no_other_side = 0.3;
constexpr double midline_log_odds = -1.1;                            // spinous processes mirror themselves
constexpr double canal_log_odds = 0.5;                               // no bone belongs there
constexpr double at_body_log_odds = -1.0, in_front_log_odds = -0.6;  // osteophytes; vessels and cartilage
constexpr double first_levels_mm = 45,
                 first_levels_log_odds = -0.85;  // below the skull: C1 and C2 are like no other
constexpr double cut_by_view_log_odds = -1.5;    // neither its form nor its neighbours are in view
// The offset of the regression, and what keeps false alarms rare: deposits are far rarer in patients than in
// the development cases.
constexpr double prior = -7.4;

double of_zone(Zone zone) {
    switch (zone) {
        case Zone::midline:
            return midline_log_odds;
        case Zone::at_body:
        case Zone::body:
            return at_body_log_odds;
        case Zone::in_front:
            return in_front_log_odds;
        case Zone::canal:
            return canal_log_odds;
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
    if (const double log_odds = of_zone(mass.placement.zone); log_odds != 0)
        add("place", static_cast<double>(mass.placement.zone), log_odds);
    if (mass.placement.below_skull_mm < first_levels_mm && mass.placement.zone != Zone::in_front)
        add("beside C1 or C2", mass.placement.below_skull_mm, first_levels_log_odds);
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

}  // namespace calcinode::deposits
