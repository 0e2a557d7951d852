#include <doctest/doctest.h>

#include "analysis/deposits/placement.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

// Places need no attenuations: a volume of one voxel will do.
spine::SpineInView spine_named(const std::string& first, int number) {
    Volume volume;
    volume.grid.size = {1, 1, 1};
    volume.grid.spacing_mm = {1, 1, 1};
    volume.hu = {50};
    return seen_in(volume, {.first = first, .first_number = number});
}

constexpr double second = pitch_mm + 12;  // height of the second body's middle

Zone zone_at(double u, double v, const std::string& region = "T") {
    return placement_of({second, u, v}, spine_named(region, 5)).zone;
}

Region region_of(const spine::SpineInView& seen) {
    return placement_of({second, 0, 20}, seen).region;
}

}  // namespace

TEST_CASE("inside a body, on its sides and its front, and in front of it") {
    CHECK(zone_at(0, -20) == Zone::body);
    CHECK(zone_at(9, -18) == Zone::body);
    CHECK(zone_at(17, -20) == Zone::at_body);
    CHECK(zone_at(-17, -20) == Zone::at_body);
    CHECK(zone_at(0, front_of_bodies_mm + 2) == Zone::at_body);
    CHECK(zone_at(0, front_of_bodies_mm - 2) == Zone::in_front);
    CHECK(zone_at(20, front_of_bodies_mm - 8) == Zone::in_front);
}

TEST_CASE("a neck has uncinate processes at the rear corners of its bodies") {
    CHECK(zone_at(10, -7, "C") == Zone::uncinate);
    CHECK(zone_at(-10, -7, "C") == Zone::uncinate);
    CHECK(zone_at(10, -7) == Zone::beside);       // a chest has none
    CHECK(zone_at(10, -4, "C") == Zone::beside);  // foramen
    CHECK(zone_at(30, -7, "C") == Zone::beside);  // transverse process, artery
    CHECK(zone_at(4, -6, "C") == Zone::canal);
}

TEST_CASE("the foramina of a neck reach to the sides of its bodies, beyond their osteophytes") {
    const double half_width = placement_of({second, 0, -10}, spine_named("C", 5)).half_width_mm;
    CHECK(zone_at(half_width + 6, -10, "C") == Zone::beside);
    CHECK(zone_at(-half_width - 6, -10, "C") == Zone::beside);
    CHECK(zone_at(half_width + 4, -10, "C") == Zone::at_body);
    CHECK(zone_at(half_width + 6, -14, "C") == Zone::at_body);  // further to the front
    CHECK(zone_at(half_width + 6, -10, "T") == Zone::at_body);  // the head of a rib
}

TEST_CASE("in the canal, behind it in the midline, and beside") {
    CHECK(zone_at(0, 0) == Zone::canal);
    CHECK(zone_at(-6, 4) == Zone::canal);
    CHECK(zone_at(0, 20) == Zone::midline);
    CHECK(zone_at(-5, 40) == Zone::midline);
    CHECK(zone_at(14, 8) == Zone::beside);
    CHECK(zone_at(-14, 8) == Zone::beside);
    CHECK(zone_at(12, 30) == Zone::beside);
}

TEST_CASE("the body next to a place gives its depth behind the front and its width") {
    const auto placement = placement_of({second, 30, -10}, spine_named("L", 1));
    CHECK(placement.behind_front_mm == doctest::Approx(-10 - front_of_bodies_mm));
    CHECK(placement.half_width_mm > depth_of_bodies_mm / 2);
    CHECK(placement.half_width_mm < depth_of_bodies_mm);
}

TEST_CASE("the level's name tells the region; the uncertain one's likeliest name where it has none") {
    CHECK(region_of(spine_named("C", 3)) == Region::cervical);
    CHECK(region_of(spine_named("T", 5)) == Region::thoracic);
    CHECK(region_of(spine_named("L", 1)) == Region::lumbar);
    auto seen = spine_named("", 0);
    CHECK(region_of(seen) == Region::thoracic);
    for (auto& vertebra : seen.spine.vertebrae) vertebra.alternatives = {{"L3", 0.6}, {"L2", 0.3}};
    CHECK(region_of(seen) == Region::lumbar);
}

TEST_CASE("what lies in front and beside makes the difference: T1 belongs to the chest, T12 to the loin") {
    CHECK(region_of(spine_named("T", 0)) == Region::thoracic);  // the second is T1
    CHECK(region_of(spine_named("T", 11)) == Region::lumbar);   // the second is T12
}

TEST_CASE("the sacrum begins below the upper endplate of S1") {
    auto seen = spine_named("L", 3);
    seen.spine.vertebrae.back().level = "S1";
    const double plate = 3 * pitch_mm + 3;
    CHECK(!placement_of({plate - 5, 10, 10}, seen).sacral);
    CHECK(placement_of({plate + 8, 10, 10}, seen).sacral);
    CHECK(!placement_of({plate + 8, 10, 10}, spine_named("L", 1)).sacral);
}

TEST_CASE("the height below the skull is known only where a skull is in view") {
    auto seen = spine_named("C", 1);
    CHECK(placement_of({second, 0, 0}, seen).below_skull_mm > 500);
    seen.skull_s = 10;
    CHECK(placement_of({second, 0, 0}, seen).below_skull_mm == doctest::Approx(second - 10));
}

TEST_CASE("what is beside C1 and C2 is told by the skull, or without one in view by their names") {
    auto seen = spine_named("C", 1);  // the second is C2
    const auto first_levels = [&](double s) { return placement_of({s, 10, 15}, seen).first_levels; };
    CHECK(first_levels(second));
    CHECK(!first_levels(second + pitch_mm));
    CHECK(!placement_of({second, 10, 15}, spine_named("C", 4)).first_levels);
    CHECK(!placement_of({second, 10, 15}, spine_named("", 0)).first_levels);
    seen.skull_s = 0;
    CHECK(first_levels(44));
    CHECK(!first_levels(46));
}

TEST_CASE("without a vertebra in view a place has no front, and is beside") {
    auto seen = spine_named("C", 1);
    seen.spine.vertebrae.clear();
    CHECK(placement_of({second, 20, 10}, seen).zone == Zone::beside);
    CHECK(placement_of({second, 0, 0}, seen).zone == Zone::canal);
}
