#include <doctest/doctest.h>

#include <cmath>

#include "analysis/deposits/observer.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

constexpr double s = 48, u = 36, v = 26;  // in muscle

// How massive the middle of a lump of 6 mm is that lies against something of this attenuation.
double massive_beside(double hu) {
    const SpineShape shape;
    auto volume = volume_of(shape);
    add_ball(volume, s, u, v + 13, 10, hu);
    add_ball(volume, s, u, v, 3, 500);
    const auto seen = seen_in(volume, shape);
    const auto tissue = find_solid_tissue(seen.straight, 1);
    const Observer observer(tissue, seen, 1);
    const auto at = spine::Straight::index({s, u, v});
    const Place place{static_cast<int>(std::lround(at[0])), static_cast<int>(std::lround(at[1])),
                      static_cast<int>(std::lround(at[2]))};
    return observer.features_at(place)[static_cast<std::size_t>(Feature::massive)];
}

}  // namespace

TEST_CASE("air beside a lump makes it no thinner than fat does") {
    constexpr double air = -1000, fat = -100, muscle = 55;
    CHECK(std::abs(massive_beside(air) - massive_beside(fat)) < 0.05);
    CHECK(massive_beside(air) < massive_beside(muscle));
}
