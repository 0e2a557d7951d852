#include <doctest/doctest.h>

#include "report/contour.hpp"
#include "report/resample.hpp"

using namespace calcinode::report;

TEST_CASE("resampling to the same size changes nothing") {
    const std::vector<std::uint8_t> grey{0, 50, 255, 7, 9, 200};
    CHECK(resampled(grey, 3, 2, 3, 2) == grey);
}

TEST_CASE("a stretched ramp stays a ramp, a stretched edge stays in its place") {
    std::vector<std::uint8_t> ramp;
    for (int x = 0; x < 16; ++x) ramp.push_back(static_cast<std::uint8_t>(10 * x));
    const auto wide = resampled(ramp, 16, 1, 160, 3);
    CHECK(wide.size() == 480);
    for (std::size_t x = 20; x < 140; ++x) CHECK(wide[x] <= wide[x + 1]);
    CHECK(wide[80] == doctest::Approx(75).epsilon(0.02));

    const std::vector<std::uint8_t> edge{0, 0, 0, 0, 200, 200, 200, 200};
    const auto wide_edge = resampled(edge, 8, 1, 80, 1);
    CHECK(wide_edge[38] < 100);
    CHECK(wide_edge[41] > 100);
}

TEST_CASE("a contour goes round the mask, also round a single pixel") {
    std::vector<std::uint8_t> mask(25, 0);
    mask[12] = 1;
    CHECK(contour(mask, 5, 5).size() == 4);
    CHECK(contour(std::vector<std::uint8_t>(25, 0), 5, 5).empty());
    CHECK_FALSE(contour(std::vector<std::uint8_t>(25, 1), 5, 5).empty());  // up to the image's edge
}
