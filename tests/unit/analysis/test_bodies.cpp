#include <doctest/doctest.h>

#include "analysis/spine/bodies.hpp"
#include "analysis/spine/listhesis.hpp"
#include "synthetic_column.hpp"

using namespace calcinode;
using test::Column;

namespace {

// The second body, with the heights of its discs wrong by so much.
Vertebra second_body(const Volume& volume, const Column& column, double upper_off = 0, double lower_off = 0) {
    const auto frame = test::frame_of(column);
    const auto straight = spine::straighten(volume, frame, 2);
    const auto body = test::bodies_of(column)[1];
    constexpr double half = (test::body_height_mm + test::disc_mm) / 2;
    return spine::measure_body(frame, straight, frame.to_curved(body.wall(-half)).s + upper_off,
                               frame.to_curved(body.wall(half)).s + lower_off);
}

double degrees_between(Vec3 a, Vec3 b) {
    return std::acos(std::clamp(dot(a, b), -1.0, 1.0)) * 180 / std::numbers::pi;
}

void check_body(const Vertebra& v, const Column& column) {
    const auto truth = test::vertebrae_of(column)[1];
    CHECK(distance(v.body, truth.body) < 1);
    CHECK(distance(v.upper_endplate, truth.upper_endplate) < 1.2);
    CHECK(distance(v.lower_endplate, truth.lower_endplate) < 1.2);
    CHECK(std::abs(v.depth_mm - truth.depth_mm) < 1.5);
    CHECK(degrees_between(v.down, truth.down) < 3);
    CHECK(degrees_between(v.back, truth.back) < 3);
}

}  // namespace

TEST_CASE("a body between two discs: centre, endplates, depth and axes") {
    const Column column;
    const auto v = second_body(test::volume_of(column), column);
    check_body(v, column);
    CHECK(dot(v.down, v.left) == doctest::Approx(0));
    CHECK(dot(v.down, v.back) == doctest::Approx(0));
    CHECK(dot(cross(v.left, v.down), v.back) == doctest::Approx(1));
    CHECK(norm(v.down) == doctest::Approx(1));
    CHECK(distance(v.canal, v.body) == doctest::Approx(test::body_depth_mm / 2 + 8).epsilon(0.05));
}

TEST_CASE("a body's axes follow its endplates, whatever the patient's and the canal's directions") {
    for (const auto& column : {Column{.tilt_degrees = -25}, Column{.tilt_degrees = 15, .bend_degrees = 8},
                               Column{.shear_degrees = 12}, Column{.shear_degrees = -20}}) {
        CAPTURE(column.shear_degrees);
        check_body(second_body(test::volume_of(column), column), column);
    }
}

TEST_CASE("a disc's height wrong by 3 mm, noise, and bone as dark as a disc do not move a body") {
    const Column old_bone{.inside_hu = 70, .noise_hu = 25};
    const auto volume = test::volume_of(old_bone);
    check_body(second_body(volume, old_bone), old_bone);
    check_body(second_body(volume, old_bone, 3, -3), old_bone);
    check_body(second_body(volume, old_bone, -3, 3), old_bone);
}

TEST_CASE("thick slices still give the body") {
    const Column column{.noise_hu = 10, .blur_mm = 1, .spacing_mm = {1, 1, 3}};
    const auto v = second_body(test::volume_of(column), column);
    CHECK(distance(v.body, test::vertebrae_of(column)[1].body) < 1.5);
}

TEST_CASE("what touches a body's front does not make it deeper") {
    const Column column;
    const auto truth = test::vertebrae_of(column)[1];
    auto vessel = test::volume_of(column);
    test::paint_tube(vessel, 40, truth.body.y - test::body_depth_mm / 2 - 12, 11, 300);
    check_body(second_body(vessel, column), column);
    auto deposit = test::volume_of(column);
    test::paint_ball(deposit, truth.body - truth.back * 16.0 + truth.left * 7.0, 6, 1000);
    check_body(second_body(deposit, column), column);
}

TEST_CASE("a canal whose middle is not the body's, as of a turned vertebra, does not move the body") {
    const Column column{.noise_hu = 15};
    const auto volume = test::volume_of(column);
    const auto truth = test::bodies_of(column)[1];
    std::vector<spine::CanalPoint> canal;
    for (double z = 108; z >= 4; z -= 4) canal.push_back({{36.5, truth.wall(0).y + 8, z}, 8, 1});
    const spine::Frame beside(canal);
    const auto straight = spine::straighten(volume, beside, 1);
    const auto v = spine::measure_body(beside, straight, beside.to_curved(truth.wall(-12)).s,
                                       beside.to_curved(truth.wall(12)).s);
    CHECK(distance(v.body, truth.centre) < 1);
}

TEST_CASE("a given end is taken as it is") {
    const Column column;
    const auto frame = test::frame_of({});
    const auto straight = spine::straighten(test::volume_of(column), frame, 1);
    const double lower_s = frame.to_curved(test::bodies_of(column)[1].wall(12)).s;
    const auto v = spine::measure_body(frame, straight, lower_s - 18, lower_s, spine::BodyEnd::given);
    CHECK(frame.to_curved(v.upper_endplate).s == doctest::Approx(lower_s - 18).epsilon(0.01));
    CHECK(frame.to_curved(v.lower_endplate).s == doctest::Approx(lower_s - 3).epsilon(0.01));
}

TEST_CASE("a body that the scan cuts stays where the rest of it would be, and no slip of it is measured") {
    const Column column;
    auto volume = test::volume_of(column);
    const auto top = test::bodies_of(column)[0];
    volume.grid.size[2] = static_cast<int>(top.centre.z) - 2;  // planes of 1 mm: half of the body is gone
    volume.hu.resize(volume.grid.voxels());
    const auto frame = test::frame_of(column);
    const auto straight = spine::straighten(volume, frame, 1);
    const double lower_s = frame.to_curved(top.wall(12)).s;
    auto vertebrae = test::vertebrae_of(column);
    vertebrae[0] = spine::measure_body(frame, straight, lower_s - 24, lower_s);
    CHECK(distance(vertebrae[0].body, top.centre) < 3);
    CHECK(std::abs(vertebrae[0].depth_mm - test::body_depth_mm) < 2);
    CHECK(degrees_between(vertebrae[0].down, top.down) < 3);
    CHECK(spine::find_listhesis(volume, vertebrae).size() == 2);
}

TEST_CASE("no bone, or discs where none can be: some body, but no crash and orthonormal axes") {
    const auto frame = test::frame_of({});
    auto volume = test::volume_of({});
    for (const bool empty : {false, true}) {
        if (empty) std::ranges::fill(volume.hu, std::int16_t{-1000});
        const auto straight = spine::straighten(volume, frame, 1);
        for (const double upper : {-200.0, -20.0, 0.0, 30.0, 54.0, 100.0, 300.0})
            for (const double height : {-24.0, 0.0, 5.0, 24.0, 45.0, 90.0, 300.0}) {
                const auto v = spine::measure_body(frame, straight, upper, upper + height);
                CHECK(norm(v.down) == doctest::Approx(1));
                CHECK(dot(v.down, v.back) == doctest::Approx(0));
                CHECK(std::isfinite(v.body.x + v.body.y + v.body.z));
            }
    }
}
