#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "analysis/deposits/evidence.hpp"

using namespace calcinode::deposits;

namespace {

// Shares and Hounsfield units: from far below to far above all that any feature can be.
template <class Check>
void for_values(Check check) {
    for (const double step : {0.01, 5.0})
        for (int n = -400; n <= 400; ++n) check(n * step, (n + 1) * step);
}

constexpr std::array rising{Feature::open, Feature::massive, Feature::even, Feature::dense};
constexpr std::array falling{Feature::unlike_other_side, Feature::unlike_neighbours,
                             Feature::solid_neighbours};

}  // namespace

TEST_CASE("no feature decides alone: each curve is bounded, also far beyond what it was fitted to") {
    constexpr double most = 5;  // 150 to 1
    for (std::size_t n = 0; n < features; ++n) {
        const auto feature = static_cast<Feature>(n);
        CAPTURE(std::string(to_string(feature)));
        for_values([&](double value, double) { CHECK(std::abs(log_odds(feature, value)) <= most); });
        for (const double value :
             {1e9, -1e9, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
            CHECK(std::abs(log_odds(feature, value)) <= most);
    }
}

TEST_CASE("what is open, massive, even and dense is the likelier a deposit, without a turn") {
    for (const auto feature : rising) {
        CAPTURE(std::string(to_string(feature)));
        for_values(
            [&](double less, double more) { CHECK(log_odds(feature, less) <= log_odds(feature, more)); });
        CHECK(log_odds(feature, -1e9) < log_odds(feature, 1e9));
    }
}

TEST_CASE("the more the other side and the neighbours show, the likelier it is bone, without a turn") {
    for (const auto feature : falling) {
        CAPTURE(std::string(to_string(feature)));
        for_values(
            [&](double less, double more) { CHECK(log_odds(feature, less) >= log_odds(feature, more)); });
        CHECK(log_odds(feature, 0) > log_odds(feature, 1.5));
    }
}

TEST_CASE("a curve has no jump") {
    for (std::size_t n = 0; n < features; ++n) {
        const auto feature = static_cast<Feature>(n);
        CAPTURE(std::string(to_string(feature)));
        const double step = feature == Feature::dense ? 1 : 0.001;
        for (double value = -step; value < 1500 * step; value += step)
            CHECK(std::abs(log_odds(feature, value + step) - log_odds(feature, value)) < 0.05);
    }
}

TEST_CASE("a reference that is not in view has no say") {
    FeatureValues values{1, 0.8, 0.9, 400, 0.2, 0.3, 0.4};
    for (std::size_t n = 0; n < features; ++n) {
        CHECK(log_odds(static_cast<Feature>(n), not_in_view) == 0);
        auto without = values;
        without[n] = not_in_view;
        CHECK(log_odds(without) ==
              doctest::Approx(log_odds(values) - log_odds(static_cast<Feature>(n), values[n])));
    }
    FeatureValues none{};
    none.fill(not_in_view);
    CHECK(log_odds(none) == prior_log_odds);
}

TEST_CASE("each feature has a name of its own") {
    std::set<std::string> names;
    for (std::size_t n = 0; n < features; ++n) names.insert(std::string(to_string(static_cast<Feature>(n))));
    CHECK(names.size() == features);
    CHECK(!names.contains(""));
}
