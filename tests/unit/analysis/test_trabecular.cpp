#include <doctest/doctest.h>

#include "analysis/spine/trabecular.hpp"
#include "analysis/spine/vessels.hpp"
#include "synthetic_column.hpp"

using namespace calcinode;
using test::Column;

namespace {

std::optional<double> second_body_hu(const Volume& volume) {
    return spine::trabecular_hu(volume, test::vertebrae_of({})[1]);
}

}  // namespace

TEST_CASE("the inside of a body is measured, not its cortex") {
    for (const double hu : {60.0, 180.0, 320.0}) {
        const auto measured = second_body_hu(test::volume_of({.inside_hu = hu, .noise_hu = 30}));
        REQUIRE(measured);
        CHECK(std::abs(*measured - hu) < 4);
    }
}

TEST_CASE("a bone island, gas or a deposit beside the body do not change the measurement") {
    auto volume = test::volume_of({.noise_hu = 15});
    const auto v = test::vertebrae_of({})[1];
    test::paint_ball(volume, v.body + v.left * 3.0, 2, 700);
    test::paint_ball(volume, v.body - v.left * 4.0, 1, -200);
    test::paint_ball(volume, v.body - v.back * 18.0, 5, 1100);
    const auto measured = second_body_hu(volume);
    REQUIRE(measured);
    CHECK(std::abs(*measured - test::trabecular_hu) < 8);
}

TEST_CASE("nothing is said of a body with metal, of one that is cut off, and of the atlas") {
    auto volume = test::volume_of({});
    auto v = test::vertebrae_of({})[1];
    auto metal = volume;
    test::paint_ball(metal, v.body + v.left * 5.0, 2, 3000);
    CHECK_FALSE(second_body_hu(metal));

    auto atlas = v;
    atlas.level = "C1";
    CHECK_FALSE(spine::trabecular_hu(volume, atlas));

    auto cut = v;
    const Vec3 up{0, 0, 112 - v.upper_endplate.z + 2};
    cut.body = cut.body + up, cut.upper_endplate = cut.upper_endplate + up,
    cut.lower_endplate = cut.lower_endplate + up;
    CHECK_FALSE(spine::trabecular_hu(volume, cut));

    auto flat = v;
    flat.upper_endplate = flat.lower_endplate = flat.body;
    CHECK_FALSE(spine::trabecular_hu(volume, flat));
}

TEST_CASE("a vessel full of contrast beside the spine is seen, a native one is not") {
    const auto frame = test::frame_of({});
    const auto plain = test::volume_of({.noise_hu = 20});
    CHECK_FALSE(spine::vessels_opacified(plain, frame, 2));
    auto carotid = plain;
    test::paint_tube(carotid, 12, 30, 5, 240);
    CHECK(spine::vessels_opacified(carotid, frame, 2));
    auto aorta = plain;
    test::paint_tube(aorta, 44, 13, 12, 170);
    CHECK(spine::vessels_opacified(aorta, frame, 2));
    auto native = plain;
    test::paint_tube(native, 44, 13, 12, 60);
    CHECK_FALSE(spine::vessels_opacified(native, frame, 2));
}

TEST_CASE("bone and a short dense thing are no vessel") {
    const auto frame = test::frame_of({});
    auto bone = test::volume_of({.noise_hu = 20});
    test::paint_tube(bone, 12, 40, 7, 800);  // cortex around even marrow
    test::paint_tube(bone, 12, 40, 5, 240);
    CHECK_FALSE(spine::vessels_opacified(bone, frame, 2));
    auto node = test::volume_of({.noise_hu = 20});
    test::paint_tube(node, 12, 40, 7, 240, 40, 60);
    CHECK_FALSE(spine::vessels_opacified(node, frame, 2));
}
