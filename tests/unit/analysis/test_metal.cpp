#include <doctest/doctest.h>

#include <cmath>

#include "analysis/deposits/artefacts.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

// Muscle, 0.5 x 0.5 x 2 mm, with a screw along j in slices 10 and 11.
Volume with_screw() {
    Volume volume;
    volume.grid.size = {100, 80, 20};
    volume.grid.spacing_mm = {0.5, 0.5, 2};
    volume.hu.assign(volume.grid.voxels(), 50);
    for (int k = 10; k < 12; ++k)
        for (int j = 20; j < 40; ++j)
            for (int i = 50; i < 54; ++i) volume.hu[volume.grid.offset({i, j, k})] = 3071;
    return volume;
}

}  // namespace

TEST_CASE("the distance to metal is taken within the plane that its streaks run in") {
    const auto volume = with_screw();
    const Metal metal(volume, 2);
    CHECK(metal.distance_mm({52, 30, 10}) == 0);
    CHECK(metal.distance_mm({30, 30, 11}) == doctest::Approx(10));
    CHECK(metal.distance_mm({50, 60, 12}) == doctest::Approx(10.5));  // the slice beside shows some of them
    CHECK(std::isinf(metal.distance_mm({52, 30, 13})));
    CHECK(std::isinf(metal.distance_mm({52, 30, 0})));
}

TEST_CASE("the distance to a step of motion is taken along the slices, from between the two that it parts") {
    const auto volume = with_screw();
    const Artefacts still(volume, {}, 1), moved(volume, {{volume.grid.to_lps(50, 40, 6.5), 5}}, 1);
    CHECK(std::isinf(still.to_motion_mm({10, 10, 6})));
    CHECK(moved.to_motion_mm({10, 10, 6}) == doctest::Approx(1));
    CHECK(moved.to_motion_mm({90, 70, 7}) == doctest::Approx(1));
    CHECK(moved.to_motion_mm({52, 30, 10}) == doctest::Approx(7));
    CHECK(moved.to_metal_mm({52, 30, 10}) == 0);
}

TEST_CASE("a bright voxel alone is no metal") {
    auto volume = with_screw();
    for (auto& hu : volume.hu) hu = 50;
    volume.hu[volume.grid.offset({50, 40, 5})] = 3071;
    CHECK(std::isinf(Metal(volume).distance_mm({50, 40, 5})));
}

TEST_CASE("a volume of nothing but metal costs no more than one with a screw") {
    auto volume = with_screw();
    for (auto& hu : volume.hu) hu = 3071;
    CHECK(Metal(volume).distance_mm({50, 40, 5}) < 2);
}
