#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>

#include "analysis/motion.hpp"

using namespace calcinode;

namespace {

constexpr int slices = 40;
constexpr double pixel_mm = 1, between_mm = 2.5;

// A neck that leans: an ellipse of muscle with bone in it, whose middle moves a little from slice to slice.
// `moved` tells by how many millimetres the patient has moved to the left at a slice.
Volume neck(const std::function<double(int)>& moved) {
    Volume volume;
    volume.grid.size = {160, 140, slices};
    volume.grid.spacing_mm = {pixel_mm, pixel_mm, between_mm};
    volume.grid.origin = {-80, -70, 100};
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 15);
    for (int k = 0; k < slices; ++k)
        for (int j = 0; j < 140; ++j)
            for (int i = 0; i < 160; ++i) {
                const double x = i - 80 - 0.2 * k - moved(k), y = j - 70 + 0.3 * k;
                const bool inside = std::hypot(x / 60, y / 50) < 1;
                const bool bone =
                    std::hypot(x / 14, (y - 5) / 11) < 1 || std::hypot(x / 4, (y - 30) / 12) < 1;
                volume.hu.push_back(static_cast<std::int16_t>((bone     ? 400
                                                               : inside ? 50
                                                                        : -1000) +
                                                              noise(random)));
            }
    return volume;
}

}  // namespace

TEST_CASE("a patient who lies still did not move, however the neck leans") {
    CHECK(find_motion(neck([](int) { return 0; }), 2).empty());
}

TEST_CASE("a step between two slices is found, where it is and as large as it is") {
    const auto motion = find_motion(neck([](int k) { return k < 25 ? 0 : 6; }), 2);
    REQUIRE(motion.size() == 1);
    CHECK(motion[0].place.z == doctest::Approx(100 + 24.5 * between_mm));
    CHECK(std::abs(motion[0].step_mm - 6) <= 2);
}

TEST_CASE("there and back are two steps, and threads change nothing") {
    const auto volume = neck([](int k) { return k < 12 || k >= 26 ? 0 : -8; });
    const auto one = find_motion(volume, 1), two = find_motion(volume, 2);
    REQUIRE(one.size() == 2);
    REQUIRE(two.size() == 2);
    CHECK(one[0].place.z < one[1].place.z);
    for (std::size_t n = 0; n < 2; ++n) CHECK(one[n].step_mm == two[n].step_mm);
}

TEST_CASE("padded slices, a gap and another contrast are no motion") {
    auto volume = neck([](int) { return 0; });
    const auto plane = static_cast<std::size_t>(160 * 140);
    for (std::size_t n = 0; n < 5 * plane; ++n) volume.hu[n] = -1024;
    for (std::size_t n = 30 * plane; n < volume.hu.size(); ++n)
        volume.hu[n] = static_cast<std::int16_t>(volume.hu[n] + 60);
    CHECK(find_motion(volume, 2).empty());
}

TEST_CASE("of volumes that are too small nothing is said") {
    for (const auto& size : {std::array{1, 1, 1}, std::array{160, 140, 1}, std::array{20, 140, 5}}) {
        Volume volume;
        volume.grid.size = size;
        volume.grid.spacing_mm = {1, 1, 1};
        volume.hu.assign(volume.grid.voxels(), 300);
        CHECK(find_motion(volume, 2).empty());
    }
}
