// An outline that ran out into thin bone loses it.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "analysis/deposits/thick_part.hpp"

namespace calcinode::deposits {
namespace {

constexpr int middle = 30;
constexpr double spacing_mm = 0.8;

Grid grid_of_cube() {
    Grid grid;
    grid.size = {2 * middle + 1, 2 * middle + 1, 2 * middle + 1};
    grid.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
    return grid;
}

// Ascending; `holds` is asked with millimetres from the middle.
template <class Holds>
std::vector<std::size_t> voxels_where(const Grid& grid, Holds holds) {
    std::vector<std::size_t> voxels;
    for (std::size_t n = 0; n < grid.voxels(); ++n) {
        const auto v = grid.index(n);
        const Vec3 at = Vec3{v.i - middle * 1.0, v.j - middle * 1.0, v.k - middle * 1.0} * spacing_mm;
        if (holds(at)) voxels.push_back(n);
    }
    return voxels;
}

bool in_ball(const Vec3& at, double radius_mm) {
    return dot(at, at) <= radius_mm * radius_mm;
}
// 3 mm thick, below a ball of 7 mm
bool in_plate(const Vec3& at) {
    return at.z <= -5 && at.z >= -8;
}

double shared(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    std::vector<std::size_t> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return static_cast<double>(both.size());
}

}  // namespace

TEST_CASE("of a ball on a plate the ball is left") {
    const auto grid = grid_of_cube();
    const auto ball = voxels_where(grid, [](const Vec3& at) { return in_ball(at, 7); });
    const auto thick =
        thick_part(grid, voxels_where(grid, [](const Vec3& at) { return in_ball(at, 7) || in_plate(at); }));
    CHECK(std::ranges::is_sorted(thick));
    const auto size = [](const auto& voxels) { return static_cast<double>(voxels.size()); };
    CHECK(2 * shared(thick, ball) / (size(thick) + size(ball)) > 0.93);
}

TEST_CASE("of two lumps that hang together by a rod the thicker is left") {
    const auto grid = grid_of_cube();
    const auto thick =
        thick_part(grid, voxels_where(grid, [](const Vec3& at) {
                       const bool rod = std::hypot(at.y, at.z) < 1.5 && std::abs(at.x) < 13;
                       return rod || in_ball(at + Vec3{13, 0, 0}, 6) || in_ball(at - Vec3{13, 0, 0}, 5);
                   }));
    REQUIRE(!thick.empty());
    CHECK(std::ranges::all_of(thick, [&](std::size_t n) { return grid.index(n).i < middle; }));
}

TEST_CASE("what is thick as a whole has no thick part of its own, and what is thin has none") {
    const auto grid = grid_of_cube();
    CHECK(thick_part(grid, voxels_where(grid, [](const Vec3& at) { return in_ball(at, 7); })).empty());
    CHECK(thick_part(grid, voxels_where(grid, in_plate)).empty());
    CHECK(thick_part(grid, {grid.offset({0, 0, 0})}).empty());  // at the volume's very edge
}

}  // namespace calcinode::deposits
