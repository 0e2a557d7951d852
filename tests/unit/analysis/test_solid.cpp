#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/deposits/evidence.hpp"
#include "analysis/deposits/solid.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

constexpr int side = 40;
constexpr double middle = (side - 1) / 2.0;

// A block in which `outside_mm(x, y, z)`, from its middle, tells how far a place is outside of something of
// `hu`; soft tissue around it, and a scanner's noise.
template <class Outside>
spine::Straight block_of(double hu, Outside outside_mm) {
    spine::Straight straight;
    straight.hu.size = {side, side, side};
    std::mt19937 random(3);
    std::normal_distribution<double> noise(0, 15);
    for (int k = 0; k < side; ++k)
        for (int j = 0; j < side; ++j)
            for (int i = 0; i < side; ++i) {
                const double share =
                    std::clamp(0.5 - outside_mm(i - middle, j - middle, k - middle), 0.0, 1.0);
                straight.hu.values.push_back(
                    static_cast<std::int16_t>(std::lround(50 + share * (hu - 50) + noise(random))));
            }
    return straight;
}

auto ball_of(double radius_mm) {
    return [radius_mm](double x, double y, double z) { return std::hypot(x, y, z) - radius_mm; };
}

long solid_places(const spine::Straight& straight) {
    const auto tissue = find_solid_tissue(straight, 1);
    return std::ranges::count_if(tissue.solid, [](auto solid) { return solid != 0; });
}

}  // namespace

TEST_CASE("a ball of 6 mm is solid, from faint to dense ones") {
    for (const double hu : {300.0, 500.0, 900.0, 1400.0}) {
        CAPTURE(hu);
        CHECK(solid_places(block_of(hu, ball_of(3))) >= 1);
        CHECK(solid_places(block_of(hu, ball_of(5))) > 50);
    }
}

TEST_CASE("solid places are the middle of a ball, not its rim") {
    const auto tissue = find_solid_tissue(block_of(500, ball_of(6)), 1);
    for (int k = 0; k < side; ++k)
        for (int j = 0; j < side; ++j)
            for (int i = 0; i < side; ++i) {
                const double far = std::hypot(i - middle, j - middle, k - middle);
                const bool solid = tissue.solid[tissue.smooth.offset(i, j, k)] != 0;
                if (far < 3) CHECK(solid);
                if (far > 6) CHECK(!solid);
            }
}

// A plate of cortex whose middle runs through the middles of voxels passes, one voxel thick: it is left to
// the curve of evenness to tell it from what is dense all around.
TEST_CASE("a thin cortex is nowhere solid but in its very middle, and uneven there") {
    for (const double hu : {600.0, 900.0, 1400.0})
        for (const double shift : {0.0, 0.25, 0.5})
            for (const double thickness_mm : {1.0, 1.5}) {
                CAPTURE(hu);
                CAPTURE(shift);
                CAPTURE(thickness_mm);
                const auto tissue = find_solid_tissue(
                    block_of(
                        hu, [&](double x, double, double) { return std::abs(x - shift) - thickness_mm / 2; }),
                    1);
                long solid = 0;
                for (std::size_t n = 0; n < tissue.solid.size(); ++n) {
                    if (!tissue.solid[n]) continue;
                    ++solid;
                    const double evenness = static_cast<double>(tissue.lowest.values[n]) /
                                            static_cast<double>(tissue.highest.values[n]);
                    CHECK(log_odds(Feature::even, evenness) <= 0);
                }
                CHECK(solid <= side * side);
            }
}

TEST_CASE("soft tissue, air and a block that is thinner than a ball") {
    CHECK(solid_places(block_of(50, ball_of(3))) == 0);
    CHECK(solid_places(block_of(-1000, ball_of(300))) == 0);
    for (const int height : {1, 2}) {
        spine::Straight straight;
        straight.hu.size = {side, side, height};
        straight.hu.values.assign(static_cast<std::size_t>(side * side * height), 500);
        CHECK(solid_places(straight) == side * side * height);  // nothing speaks against it
    }
}
