// A spine made of ellipses: bodies with discs between them, arches with gaps, in a trunk of muscle.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>

#include "analysis/spine/canal.hpp"

using namespace calcinode;

namespace {

constexpr std::int16_t air_hu = -1000, muscle_hu = 55, cord_hu = 35, disc_hu = 85, marrow_hu = 170,
                       cortex_hu = 700, brain_hu = 38;
constexpr double level_mm = 26, disc_mm = 7, arch_mm = 17;  // a vertebra with its disc, and parts of it
constexpr double canal_half_width_mm = 11, canal_half_depth_mm = 8.5;

struct Middle {
    double x = 0, y = 0;  // of the canal
};
using Course = std::function<Middle(double z)>;

Volume trunk(double height_mm, double slice_mm = 2.5) {
    constexpr double pixel_mm = 2;
    constexpr int across = 90;
    const int slices = static_cast<int>(height_mm / slice_mm);
    Volume volume;
    volume.grid.size = {across, across, slices};
    volume.grid.spacing_mm = {pixel_mm, pixel_mm, slice_mm};
    volume.grid.origin = {-across * pixel_mm / 2, -across * pixel_mm / 2, 0};
    volume.hu.assign(volume.grid.voxels(), air_hu);
    return volume;
}

void paint(Volume& volume, const std::function<std::int16_t(LpsPoint, std::int16_t)>& hu_at) {
    const auto& size = volume.grid.size;
    for (int k = 0; k < size[2]; ++k)
        for (int j = 0; j < size[1]; ++j)
            for (int i = 0; i < size[0]; ++i) {
                auto& hu = volume.hu[volume.grid.offset({i, j, k})];
                hu = hu_at(volume.grid.to_lps(VoxelIndex{i, j, k}), hu);
            }
}

void paint_muscle(Volume& volume) {
    paint(volume,
          [](LpsPoint p, std::int16_t hu) { return std::hypot(p.x / 80, p.y / 70) < 1 ? muscle_hu : hu; });
}

// What the spine has at a place, `dx` and `dy` from the canal's middle, at so many mm along it.
std::int16_t spine_hu(double dx, double dy, double along_mm, std::int16_t hu) {
    const double within = along_mm - level_mm * std::floor(along_mm / level_mm);
    const double canal = std::hypot(dx / canal_half_width_mm, dy / canal_half_depth_mm);
    const bool disc = within < disc_mm;
    constexpr double wall_mm = 4, body_half_width_mm = 19, body_half_depth_mm = 14;
    const double body = std::hypot(dx / body_half_width_mm,
                                   (dy + canal_half_depth_mm + body_half_depth_mm + 1) / body_half_depth_mm);
    if (canal < 1) return cord_hu;
    if (body < 1) return disc ? disc_hu : body > 0.85 ? cortex_hu : marrow_hu;
    const double wall =
        std::hypot(dx / (canal_half_width_mm + wall_mm), dy / (canal_half_depth_mm + wall_mm));
    if (within > level_mm - arch_mm && wall < 1) return cortex_hu;
    return hu;
}

void paint_spine(Volume& volume, const Course& course, double below_z = 1e9) {
    paint(volume, [&](LpsPoint p, std::int16_t hu) {
        if (p.z > below_z) return hu;
        const auto middle = course(p.z);
        return spine_hu(p.x - middle.x, p.y - middle.y, p.z, hu);
    });
}

void paint_skull(Volume& volume, LpsPoint centre, double radius_mm, double foramen_mm = 0) {
    constexpr double thick_mm = 6;
    paint(volume, [&](LpsPoint p, std::int16_t hu) {
        const double far = distance(p, centre);
        const bool foramen = p.z < centre.z && std::hypot(p.x - centre.x, p.y - centre.y) < foramen_mm;
        if (far < radius_mm - thick_mm) return brain_hu;
        if (far < radius_mm) return foramen ? cord_hu : cortex_hu;
        return hu;
    });
}

void add_noise(Volume& volume, int amplitude) {
    std::uint32_t state = 1;
    for (auto& hu : volume.hu) {
        state = state * 1664525U + 1013904223U;
        hu = static_cast<std::int16_t>(hu + static_cast<int>(state >> 16) % (2 * amplitude + 1) - amplitude);
    }
}

Volume trunk_with_spine(const Course& course, double height_mm, double slice_mm = 2.5) {
    auto volume = trunk(height_mm, slice_mm);
    paint_muscle(volume);
    paint_spine(volume, course);
    return volume;
}

double farthest_off(const spine::Canal& canal, const Course& course) {
    double worst = 0;
    for (const auto& point : canal.points) {
        const auto middle = course(point.centre.z);
        worst = std::max(worst, std::hypot(point.centre.x - middle.x, point.centre.y - middle.y));
    }
    return worst;
}

Middle straight(double) {
    return {4, 15};
}

// A thoracic kyphosis with a scoliosis of 15 mm.
Middle curved(double z) {
    return {15 * std::sin(z / 30), 15 + 12 * std::cos(z / 45)};
}

void check_followed(const Volume& volume, const Course& course, double tolerance_mm) {
    const auto canal = spine::find_canal(volume, 2);
    REQUIRE(canal);
    CHECK(farthest_off(*canal, course) < tolerance_mm);
    const double height = volume.grid.size[2] * volume.grid.spacing_mm[2];
    CHECK(canal->points.front().centre.z > height - 16);
    CHECK(canal->points.back().centre.z < 16);
    CHECK(std::ranges::is_sorted(canal->points, std::greater{},
                                 [](const auto& point) { return point.centre.z; }));
}

}  // namespace

TEST_CASE("the canal of a straight spine is found from end to end") {
    check_followed(trunk_with_spine(straight, 160), straight, 1.5);
}

TEST_CASE("the canal of a curved spine is found from end to end") {
    check_followed(trunk_with_spine(curved, 180), curved, 3);
}

TEST_CASE("noise does not lead the canal's line astray") {
    auto volume = trunk_with_spine(curved, 180);
    add_noise(volume, 60);
    check_followed(volume, curved, 3.5);
}

TEST_CASE("thin and thick slices give the same line") {
    for (const double slice_mm : {1.25, 3.0, 5.0}) {
        CAPTURE(slice_mm);
        check_followed(trunk_with_spine(curved, 150, slice_mm), curved, 3);
    }
}

TEST_CASE("60 mm of a spine are enough, wherever they are cut off") {
    for (const double from_mm : {0.0, 8.0, 16.0}) {
        CAPTURE(from_mm);
        const Course shifted = [&](double z) { return curved(z + from_mm); };
        auto volume = trunk(60);
        paint_muscle(volume);
        paint(volume, [&](LpsPoint p, std::int16_t hu) {
            const auto middle = shifted(p.z);
            return spine_hu(p.x - middle.x, p.y - middle.y, p.z + from_mm, hu);
        });
        check_followed(volume, shifted, 3);
    }
}

TEST_CASE("the result does not depend on the number of threads") {
    const auto volume = trunk_with_spine(curved, 100);
    const auto one = spine::find_canal(volume, 1), three = spine::find_canal(volume, 3);
    REQUIRE(one);
    REQUIRE(three);
    REQUIRE(one->points.size() == three->points.size());
    for (std::size_t n = 0; n < one->points.size(); ++n)
        CHECK(one->points[n].centre == three->points[n].centre);
}

TEST_CASE("the canal is followed through the bend to the sacrum") {
    // Below the bend the spine goes on to the back, at 50 degrees to the vertical.
    constexpr double bend_z = 60, bend_deg = 50;
    const double angle = bend_deg * std::numbers::pi / 180;
    const Vec3 sacral_down{0, std::sin(angle), -std::cos(angle)},
        sacral_back{0, std::cos(angle), std::sin(angle)};
    const LpsPoint bend{0, -5, bend_z};
    auto volume = trunk(200);
    paint_muscle(volume);
    paint(volume, [&](LpsPoint p, std::int16_t hu) {
        const Vec3 d = p - bend;
        // The bisecting plane parts the lumbar spine from the sacrum.
        const Vec3 down_side = unit(sacral_down + Vec3{0, 0, -1});
        if (dot(d, down_side) > 0)
            return spine_hu(d.x, dot(d, sacral_back), bend_z - dot(d, sacral_down), hu);
        return spine_hu(d.x, d.y, p.z, hu);
    });
    const auto canal = spine::find_canal(volume, 2);
    REQUIRE(canal);
    constexpr double followed_mm = 25;
    const LpsPoint in_sacrum = bend + sacral_down * followed_mm;
    double nearest = 1e9;
    for (const auto& point : canal->points) nearest = std::min(nearest, distance(point.centre, in_sacrum));
    CHECK(nearest < 5);
}

TEST_CASE("the line ends at the skull, a little above the foramen magnum") {
    constexpr double foramen_z = 110, radius_mm = 62;
    auto volume = trunk(210);
    paint_muscle(volume);
    paint_spine(volume, straight, foramen_z - 5);
    const auto middle = straight(0);
    paint_skull(volume, {middle.x, middle.y, foramen_z + radius_mm}, radius_mm, 16);
    const auto canal = spine::find_canal(volume, 2);
    REQUIRE(canal);
    CHECK(canal->ends_at_skull);
    CHECK(canal->points.front().centre.z > foramen_z - 15);
    CHECK(canal->points.front().centre.z < foramen_z + 45);
    CHECK(farthest_off(*canal, straight) < 6);
    CHECK(canal->points.back().centre.z < 16);
}

TEST_CASE("a spine that is cut off below the skull does not end at one") {
    const auto canal = spine::find_canal(trunk_with_spine(straight, 120), 2);
    REQUIRE(canal);
    CHECK_FALSE(canal->ends_at_skull);
}

TEST_CASE("a head alone is not a spine") {
    auto volume = trunk(150);
    paint_skull(volume, {0, 0, 75}, 72);
    const auto canal = spine::find_canal(volume, 2);
    REQUIRE_FALSE(canal);
    CHECK(canal.error().code == "only_head_in_view");
}

TEST_CASE("muscle alone, air alone or a few slices are not a spine") {
    auto muscle = trunk(120);
    CHECK(spine::find_canal(muscle, 2).error().code == "no_spine_in_view");
    paint_muscle(muscle);
    CHECK(spine::find_canal(muscle, 2).error().code == "no_spine_in_view");
    CHECK(spine::find_canal(trunk_with_spine(straight, 20), 2).error().code == "no_spine_in_view");
}

TEST_CASE("marrow in a long bone at one side is not a spine") {
    auto volume = trunk(150);
    paint_muscle(volume);
    paint(volume, [](LpsPoint p, std::int16_t hu) {
        const double shaft = std::hypot(p.x - 40, p.y);
        constexpr std::int16_t fatty_marrow_hu = 20;
        if (shaft < 10) return fatty_marrow_hu;
        return shaft < 16 ? cortex_hu : hu;
    });
    CHECK_FALSE(spine::find_canal(volume, 2));
}

TEST_CASE("a spine beside a long bone is found all the same") {
    auto volume = trunk_with_spine(straight, 150);
    paint(volume, [](LpsPoint p, std::int16_t hu) {
        const double shaft = std::hypot(p.x + 58, p.y + 5);
        if (shaft < 9) return cord_hu;
        return shaft < 15 ? cortex_hu : hu;
    });
    check_followed(volume, straight, 2);
}

TEST_CASE("a single voxel and a single slice are refused without harm") {
    Volume one;
    one.grid.size = {1, 1, 1};
    one.grid.spacing_mm = {1, 1, 1};
    one.hu = {cord_hu};
    CHECK_FALSE(spine::find_canal(one, 2));
    CHECK_FALSE(spine::find_canal(trunk(2.5), 2));
}
