#include "analysis/deposits/decide.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>

namespace calcinode::deposits {
namespace {

struct Knot {
    double value, log_odds;
};

// The curves of what is said of a mass as a whole: linear between the knots, level beyond. Fitted together,
// by logistic regression on the outlined candidates of the development volumes (monotone where anatomy gives
// the direction), and centred, so that 0 is what the mean mass of bone gets.
constexpr Knot tissue_curve[] = {{-3, -0.85}, {0, -0.65}, {2, 1.4}, {4, 2.1}};
constexpr Knot volume_curve[] = {{5.3, -1.3}, {6.6, -0.75}, {8.2, 0.3}, {10, 1.0}};  // log2 of mm3
constexpr Knot spread_curve[] = {{0.14, 2.8}, {0.20, 1.6}, {0.26, -1.8}, {0.35, -2.2}};
constexpr Knot free_surface_curve[] = {{0.2, -1.1}, {0.4, -0.2}, {0.6, 0.5}, {0.8, 1.0}, {1, 1.8}};
constexpr Knot island_curve[] = {{0, 0}, {0.3, 0.25}, {0.6, 0.8}, {1, 1.0}};
constexpr Knot other_side_curve[] = {{0, -0.75}, {0.1, 0.4}, {0.3, 1.6}, {0.6, 1.9}};
constexpr Knot neighbours_curve[] = {{0, -1.0}, {0.1, -0.5}, {0.3, 0.25}, {0.6, 0.5}, {1, 1.4}};
constexpr Knot anywhere_curve[] = {{0, -0.4}, {0.1, 0.5}};
constexpr Knot growth_curve[] = {{1, 1.3}, {2, 1.0}, {4, 0}, {7, -0.25}};
constexpr Knot lateral_curve[] = {{0, 1.6}, {8, 0.6}, {20, 0.25}, {30, -1.4}, {38, -2.5}, {47, -2.9}};
constexpr Knot air_curve[] = {{0, 0}, {0.05, -0.4}, {0.2, -0.75}};
constexpr Knot density_curve[] = {{150, -0.55}, {250, -0.2},   {400, 0.25},
                                  {700, -0.1},  {1000, -1.05}, {1500, -1.2}};
constexpr Knot massive_curve[] = {{0.2, -0.45}, {0.45, -0.2}, {0.70, 0.3}, {0.95, 0.65}};
constexpr double midline_log_odds = -0.75;                            // spinous processes mirror themselves
constexpr double at_body_log_odds = -1.25, in_front_log_odds = -1.0;  // osteophytes; vessels and cartilage
constexpr double prior =
    -6.6;  // the offset of the regression, and the threshold that keeps false alarms rare

double at(std::span<const Knot> curve, double value) {
    if (value <= curve.front().value) return curve.front().log_odds;
    for (std::size_t n = 1; n < curve.size(); ++n) {
        const auto &a = curve[n - 1], &b = curve[n];
        if (value <= b.value)
            return a.log_odds + (b.log_odds - a.log_odds) * (value - a.value) / (b.value - a.value);
    }
    return curve.back().log_odds;
}

double of_zone(Zone zone) {
    switch (zone) {
        case Zone::midline:
            return midline_log_odds;
        case Zone::at_body:
        case Zone::body:
            return at_body_log_odds;
        case Zone::in_front:
            return in_front_log_odds;
        case Zone::beside:
        case Zone::canal:
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
    if (!mass.in_middle) {
        add_curve("unmatched by the other side", other_side_curve, mass.unmatched_other_side);
        add_curve("unmatched by both", anywhere_curve, mass.unmatched_anywhere);
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
