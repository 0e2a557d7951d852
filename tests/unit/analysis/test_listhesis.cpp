#include <doctest/doctest.h>

#include "analysis/spine/listhesis.hpp"
#include "synthetic_column.hpp"

using namespace calcinode;
using test::Column;

namespace {

std::vector<Listhesis> slips_of(const Column& column) {
    return spine::find_listhesis(test::volume_of(column), test::vertebrae_of(column));
}

}  // namespace

TEST_CASE("a column without a slip has none, and says how sure it is") {
    const auto slips = slips_of({.noise_hu = 20});
    REQUIRE(slips.size() == 3);
    for (std::size_t n = 0; n < slips.size(); ++n) {
        CHECK(std::abs(slips[n].slip_mm) < 0.3);
        CHECK(slips[n].uncertainty_mm > 0.1);
        CHECK(slips[n].uncertainty_mm < 1);
        CHECK(slips[n].upper_index == n);
    }
    CHECK(slips[0].upper == "C4");
    CHECK(slips[0].lower == "C5");
}

TEST_CASE("a slip is measured where it is: forward is positive, backward negative") {
    for (const double slip : {-4.0, -1.5, 2.0, 5.0}) {
        const auto slips = slips_of({.slip_mm = slip, .noise_hu = 20});
        REQUIRE(slips.size() == 3);
        CHECK(std::abs(slips[0].slip_mm) < 0.3);
        CHECK(std::abs(slips[1].slip_mm - slip) < 0.4);
        CHECK(std::abs(slips[2].slip_mm) < 0.3);
    }
}

TEST_CASE("a bend is no slip, and does not change one") {
    for (const double bend : {-8.0, 8.0}) {
        for (const auto& slip : slips_of({.bend_degrees = bend})) CHECK(std::abs(slip.slip_mm) < 0.3);
        const auto slips = slips_of({.bend_degrees = bend, .slip_mm = 3});
        REQUIRE(slips.size() == 3);
        CHECK(std::abs(slips[1].slip_mm - 3) < 0.4);
    }
}

TEST_CASE("a tilted column is measured along its endplates") {
    const auto slips = slips_of({.tilt_degrees = 20, .slip_mm = 4});
    REQUIRE(slips.size() == 3);
    CHECK(std::abs(slips[1].slip_mm - 4) < 0.4);
}

TEST_CASE("a body that is measured a little wrong slips no more") {
    const Column column{.slip_mm = 3};
    auto vertebrae = test::vertebrae_of(column);
    vertebrae[1].body = vertebrae[1].body + vertebrae[1].back * 2.0;
    vertebrae[2].depth_mm -= 3;
    const auto slips = spine::find_listhesis(test::volume_of(column), vertebrae);
    REQUIRE(slips.size() == 3);
    CHECK(std::abs(slips[1].slip_mm - 3) < 0.4);
}

TEST_CASE("a corner's osteophyte and the vein's dent do not move a wall") {
    const Column column{.slip_mm = 3};
    const auto vertebrae = test::vertebrae_of(column);
    auto volume = test::volume_of(column);
    const auto& v = vertebrae[1];
    test::paint_ball(volume, v.lower_endplate + v.back * (v.depth_mm / 2), 2.2, 800);
    test::paint_ball(volume, vertebrae[2].body + v.back * (v.depth_mm / 2), 1.5, 40);
    const auto slips = spine::find_listhesis(volume, vertebrae);
    REQUIRE(slips.size() == 3);
    CHECK(std::abs(slips[1].slip_mm - 3) < 0.5);
}

TEST_CASE("a blurred picture is less sure") {
    const auto sharp = slips_of({.slip_mm = 3});
    const auto blurred = slips_of({.slip_mm = 3, .blur_mm = 2.5, .spacing_mm = {1, 1, 2.5}});
    REQUIRE(sharp.size() == 3);
    REQUIRE(blurred.size() == 3);
    CHECK(std::abs(blurred[1].slip_mm - 3) < 1);
    CHECK(blurred[1].uncertainty_mm > sharp[1].uncertainty_mm + 0.1);
}

TEST_CASE("no slip is made up where a wall can't be seen") {
    const Column column;
    auto vertebrae = test::vertebrae_of(column);
    auto metal = test::volume_of(column);
    test::paint_ball(metal, vertebrae[1].body + vertebrae[1].back * (vertebrae[1].depth_mm / 2), 12, 3000);
    CHECK(spine::find_listhesis(metal, vertebrae).size() == 1);  // only the lower two

    Volume soft = test::volume_of(column);
    std::ranges::fill(soft.hu, std::int16_t{40});
    CHECK(spine::find_listhesis(soft, vertebrae).empty());

    vertebrae[0].level = "C1";
    CHECK(spine::find_listhesis(test::volume_of(column), vertebrae).size() == 2);
    CHECK(spine::find_listhesis(test::volume_of(column), {}).empty());
    for (auto& v : vertebrae) v.body.z += 500, v.upper_endplate.z += 500, v.lower_endplate.z += 500;
    CHECK(spine::find_listhesis(test::volume_of(column), vertebrae).empty());
}
