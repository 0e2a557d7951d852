#include <doctest/doctest.h>

#include "analysis/spine/frame.hpp"

using namespace calcinode;

namespace {

// A canal that bends to the back on its way down, as a chest's does.
spine::Frame bent_frame() {
    std::vector<spine::CanalPoint> canal;
    for (int n = 0; n <= 80; ++n) {
        const double z = -2.5 * n;
        canal.push_back({{5, 40 + z * z / 900, z}, 8, 1});
    }
    return spine::Frame(canal);
}

}  // namespace

TEST_CASE("left is the patient's left, back is the back, whatever the bend") {
    const auto frame = bent_frame();
    for (int s = 0; s < frame.length(); s += 20) {
        const auto& station = frame.station(s);
        CHECK(station.left.x > 0.99);
        CHECK(station.back.y > 0.5);
        CHECK(station.down.z < -0.5);
        CHECK(std::abs(dot(station.left, station.back)) < 1e-9);
        CHECK(std::abs(dot(station.down, station.back)) < 1e-9);
    }
}

TEST_CASE("a place goes to the curved frame and comes back") {
    const auto frame = bent_frame();
    for (const double s : {15.0, 60.3, 120.7})
        for (const double u : {-20.0, 0.0, 14.5})
            for (const double v : {-15.0, 3.0, 20.0}) {
                const auto back = frame.to_curved(frame.to_lps({s, u, v}));
                CHECK(back.s == doctest::Approx(s).epsilon(0.02));
                CHECK(back.u == doctest::Approx(u).epsilon(0.02));
                CHECK(back.v == doctest::Approx(v).epsilon(0.05));
            }
}

TEST_CASE("a turned frame carries the same canal and turned directions") {
    const auto frame = bent_frame();
    const auto turned = frame.turned(std::vector<double>(static_cast<std::size_t>(frame.length()), 90));
    CHECK(distance(turned.station(50).centre, frame.station(50).centre) < 1e-9);
    CHECK(distance(turned.station(50).left, frame.station(50).back) < 1e-9);
}
