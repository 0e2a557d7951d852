#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "analysis/spine/canal_area.hpp"

using namespace calcinode;
using namespace calcinode::spine;

namespace {

constexpr int length_mm = 40;

Frame straight_frame() {
    std::vector<CanalPoint> line;
    for (int n = 0; n < length_mm; ++n) line.push_back({{0, 0, -static_cast<double>(n)}, 8, 1});
    return Frame(line);
}

// A ring of bone around the canal, `open_deg` of it missing at the left; from half-way on none at all.
Straight ring(double half_width_mm_, double half_depth_mm, double open_deg, double centre_u = 0) {
    Straight straight;
    auto& block = straight.hu;
    block.size = {2 * half_width_mm + 1, front_mm + back_mm + 1, length_mm};
    block.values.assign(static_cast<std::size_t>(block.size[0] * block.size[1] * block.size[2]), 40);
    for (int k = 0; k < length_mm / 2; ++k)
        for (int j = 0; j < block.size[1]; ++j)
            for (int i = 0; i < block.size[0]; ++i) {
                const double u = i - half_width_mm - centre_u, v = j - front_mm;
                const double inside = std::hypot(u / half_width_mm_, v / half_depth_mm);
                const double outside = std::hypot(u / (half_width_mm_ + 4), v / (half_depth_mm + 4));
                const bool open = std::abs(std::atan2(v, u)) * 180 / std::numbers::pi < open_deg / 2;
                if (inside >= 1 && outside < 1 && !open) block.values[block.offset(i, j, k)] = 600;
            }
    return straight;
}

}  // namespace

TEST_CASE("the area of a closed canal is measured") {
    const double expected = std::numbers::pi * 11 * 8;
    const auto area = canal_area_mm2(ring(11, 8, 0), straight_frame(), 2, 18);
    REQUIRE(area);
    CHECK(*area == doctest::Approx(expected).epsilon(0.08));
}

TEST_CASE("the area does not depend on where in the canal the line runs") {
    const auto centred = canal_area_mm2(ring(11, 8, 0), straight_frame(), 2, 18);
    const auto beside = canal_area_mm2(ring(11, 8, 0, 4), straight_frame(), 2, 18);
    REQUIRE(centred);
    REQUIRE(beside);
    CHECK(*beside == doctest::Approx(*centred).epsilon(0.04));
}

TEST_CASE("a joint's gap is bridged, a foramen is not") {
    const auto joint = canal_area_mm2(ring(11, 8, 12), straight_frame(), 2, 18);
    REQUIRE(joint);
    CHECK(*joint == doctest::Approx(std::numbers::pi * 11 * 8).epsilon(0.08));
    CHECK_FALSE(canal_area_mm2(ring(11, 8, 60), straight_frame(), 2, 18));
}

TEST_CASE("planes without bone and heights outside of the block have no area") {
    CHECK_FALSE(canal_area_mm2(ring(11, 8, 0), straight_frame(), 22, 38));
    CHECK_FALSE(canal_area_mm2(ring(11, 8, 0), straight_frame(), 100, 120));
    CHECK_FALSE(canal_area_mm2(ring(11, 8, 0), straight_frame(), -30, -10));
}

TEST_CASE("open planes do not count where others are closed") {
    const auto area = canal_area_mm2(ring(11, 8, 0), straight_frame(), 10, 30);
    REQUIRE(area);
    CHECK(*area == doctest::Approx(std::numbers::pi * 11 * 8).epsilon(0.08));
}
