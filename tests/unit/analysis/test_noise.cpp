// The scan's noise, as it is seen in soft tissue.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "analysis/deposits/noise.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

// Muscle with layers of fat and bone in between, and this noise.
Volume body(double noise_sd) {
    Volume volume;
    volume.grid.size = {120, 60, 40};
    volume.grid.spacing_mm = {0.8, 0.8, 2};
    volume.hu.resize(volume.grid.voxels());
    std::mt19937 random(5);
    std::normal_distribution<double> noise(0, noise_sd);
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const int j = volume.grid.index(n).j;
        const double hu = j < 15 ? -100 : j > 50 ? 700 : 55;
        volume.hu[n] = static_cast<std::int16_t>(std::lround(hu + noise(random)));
    }
    return volume;
}

}  // namespace

TEST_CASE("noise is measured in soft tissue, whatever else is in view") {
    for (const double sd : {10.0, 20.0, 30.0}) {
        CAPTURE(sd);
        CHECK(noise_hu(body(sd)) == doctest::Approx(sd).epsilon(0.35));
    }
    CHECK(noise_hu(body(10)) < noise_hu(body(20)));
    CHECK(noise_hu(body(20)) < noise_hu(body(30)));
}

TEST_CASE("where there is no soft tissue nothing is said of noise") {
    auto volume = body(10);
    std::ranges::fill(volume.hu, std::int16_t{700});
    CHECK(noise_hu(volume) == 0);
}

TEST_CASE("noise is bounded, whatever comes") {
    auto volume = body(10);
    std::mt19937 random(5);
    std::uniform_int_distribution<int> any(-1024, 3071);
    for (auto& hu : volume.hu) hu = static_cast<std::int16_t>(any(random));
    CHECK(noise_hu(volume) < 60);
    volume.grid.size = {1, 1, 1};
    volume.hu.resize(1);
    CHECK(noise_hu(volume) == 0);
}
