#include "analysis/deposits/evidence.hpp"

#include <cmath>

#include "analysis/deposits/curve.hpp"

namespace calcinode::deposits {
namespace {

struct Curve {
    std::string_view name;
    std::array<Knot, 5> knots;
};

constexpr std::array<Curve, features> curves{{
    {"open to soft tissue", {{{0, -4.0}, {0.25, -1.1}, {0.50, 0.5}, {0.75, 1.0}, {1, 1.0}}}},
    {"massive", {{{0.20, -2.9}, {0.45, -2.9}, {0.70, -1.1}, {0.95, 1.2}, {1.20, 4.0}}}},
    {"even", {{{0.50, -0.15}, {0.62, -0.15}, {0.75, 0.0}, {0.88, 0.8}, {1, 1.1}}}},
    {"dense", {{{130, -3.4}, {320, -0.1}, {515, 1.9}, {710, 2.5}, {900, 2.5}}}},
    {"unlike the other side", {{{0, 2.7}, {0.33, 2.7}, {0.65, 1.3}, {0.98, -0.6}, {1.30, -0.6}}}},
    {"unlike its neighbours", {{{0, 3.4}, {0.33, 2.6}, {0.65, 1.0}, {0.98, -0.5}, {1.30, -0.5}}}},
    {"solid neighbours", {{{0, 1.5}, {0.28, 0.5}, {0.55, 0.45}, {0.83, 0.15}, {1.10, -0.3}}}},
}};

}  // namespace

std::string_view to_string(Feature feature) {
    return curves[static_cast<std::size_t>(feature)].name;
}

double log_odds(Feature feature, double value) {
    if (std::isnan(value)) return 0;
    return at(curves[static_cast<std::size_t>(feature)].knots, value);
}

double log_odds(const FeatureValues& values) {
    double sum = prior_log_odds;
    for (std::size_t n = 0; n < features; ++n) sum += log_odds(static_cast<Feature>(n), values[n]);
    return sum;
}

}  // namespace calcinode::deposits
