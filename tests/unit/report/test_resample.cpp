#include <doctest/doctest.h>

#include <cmath>

#include "report/contour.hpp"
#include "report/grey_window.hpp"
#include "report/resample.hpp"

using namespace calcinode::report;

TEST_CASE("resampling to the same size changes nothing") {
    const std::vector<std::int16_t> hu{0, 50, 3071, -1024, 9, 200};
    const auto same = resampled(hu, 3, 2, 3, 2);
    REQUIRE(same.size() == hu.size());
    for (std::size_t p = 0; p < hu.size(); ++p) CHECK(same[p] == doctest::Approx(hu[p]));
}

TEST_CASE("a stretched ramp stays a ramp, a stretched edge stays in its place") {
    std::vector<std::int16_t> ramp;
    for (int x = 0; x < 16; ++x) ramp.push_back(static_cast<std::int16_t>(10 * x));
    const auto wide = resampled(ramp, 16, 1, 160, 3);
    CHECK(wide.size() == 480);
    for (std::size_t x = 20; x < 140; ++x) CHECK(wide[x] < wide[x + 1]);
    CHECK(wide[80] == doctest::Approx(75).epsilon(0.02));

    const std::vector<std::int16_t> edge{0, 0, 0, 0, 200, 200, 200, 200};
    const auto wide_edge = resampled(edge, 8, 1, 80, 1);
    CHECK(wide_edge[38] < 100);
    CHECK(wide_edge[41] > 100);
}

TEST_CASE("what is finer than the new pixels becomes their mean") {
    std::vector<std::int16_t> stripes;
    for (int x = 0; x < 400; ++x) stripes.push_back(x % 2 == 0 ? 0 : 1000);
    const auto narrow = resampled(stripes, 400, 1, 37, 1);
    for (std::size_t x = 2; x + 2 < narrow.size(); ++x)
        CHECK(narrow[x] == doctest::Approx(500).epsilon(0.05));
}

TEST_CASE("a contour goes round the mask, also round a single pixel") {
    std::vector<std::uint8_t> mask(25, 0);
    mask[12] = 1;
    CHECK(contour(mask, 5, 5).size() == 4);
    CHECK(contour(std::vector<std::uint8_t>(25, 0), 5, 5).empty());
    CHECK_FALSE(contour(std::vector<std::uint8_t>(25, 1), 5, 5).empty());  // up to the image's edge
}

TEST_CASE("a mask's holes are filled, its bays and what is outside are not") {
    //                       #####. a hole, and a bay that opens to the right
    //                       #.#...
    //                       #####.
    std::vector<std::uint8_t> mask{1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0};
    auto expected = mask;
    expected[7] = 1;
    CHECK(without_holes(mask, 6, 3) == expected);
}

TEST_CASE("a window goes from black to the brightest pixels, within limits") {
    std::vector<std::int16_t> hu(1000, 40);
    for (std::size_t p = 0; p < 100; ++p) hu[p] = 1130;
    const auto window = window_for(hu, -200, 900, 1800);
    CHECK(window.level - window.width / 2 == -200);
    CHECK(window.level + window.width / 2 == 1200);
    CHECK(windowed(-200, window) == 0);
    CHECK(windowed(1200, window) == 255);
    for (std::size_t p = 0; p < 100; ++p) hu[p] = 3071;  // metal
    CHECK(window_for(hu, -200, 900, 1800).width == 2000);
    CHECK(window_for(std::vector<std::int16_t>(1, 40), -200, 900, 1800).width == 1100);
}
