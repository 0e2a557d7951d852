#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/deposits/segment.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

struct Ball {
    double s, u, v, radius_mm, hu;
};

// What of the ball is not bone's, to half of its edge.
std::vector<std::size_t> truth_of(const Ball& ball, const Volume& volume) {
    std::vector<std::size_t> voxels;
    const auto centre = spine_place(ball.s, ball.u, ball.v);
    const auto& grid = volume.grid;
    for (int k = 0; k < grid.size[2]; ++k)
        for (int j = 0; j < grid.size[1]; ++j)
            for (int i = 0; i < grid.size[0]; ++i) {
                const auto p = grid.to_lps(i, j, k);
                if (distance(p, centre) < ball.radius_mm &&
                    outside_bone_mm(height_mm - p.z, p.x - canal_x, p.y - canal_y) > 0)
                    voxels.push_back(grid.offset({i, j, k}));
            }
    return voxels;
}

struct Outlined {
    double dice, volume_ratio;
};

Outlined outlined(const Ball& ball, double spacing_mm) {
    const SpineShape shape{.spacing_mm = spacing_mm};
    auto volume = volume_of(shape);
    add_ball(volume, ball.s, ball.u, ball.v, ball.radius_mm, ball.hu);
    const auto seen = seen_in(volume, shape);
    const auto tissue = find_solid_tissue(seen.straight, 1);
    const Observer observer(tissue, seen, 1);
    const auto candidates = find_candidates(tissue, observer, 0, 1);
    const auto nearest = std::ranges::min_element(candidates, {}, [&](const Candidate& c) {
        return std::hypot(c.centre.s - ball.s, c.centre.u - ball.u, c.centre.v - ball.v);
    });
    REQUIRE(nearest != candidates.end());
    const auto found = segment(volume, seen.frame, tissue, observer, *nearest);
    CHECK(std::ranges::is_sorted(found));
    CHECK(std::ranges::adjacent_find(found) == found.end());
    const auto truth = truth_of(ball, volume);
    std::vector<std::size_t> both;
    std::ranges::set_intersection(found, truth, std::back_inserter(both));
    const auto size = [](const auto& voxels) { return static_cast<double>(voxels.size()); };
    return {2 * size(both) / (size(found) + size(truth)), size(found) / size(truth)};
}

// Behind and beside the articular processes, which it touches.
constexpr Ball beside_a_facet{pitch_mm + 11, 26, 16, 7, 450};

}  // namespace

TEST_CASE("a ball in soft tissue is outlined at half of its density") {
    const auto result = outlined({48, 36, 26, 7, 450}, 1);
    CHECK(result.dice >= 0.95);
    CHECK(std::abs(result.volume_ratio - 1) < 0.05);
}

TEST_CASE("a ball that touches denser bone: the outline leaves the bone out") {
    const auto result = outlined(beside_a_facet, 1);
    CHECK(result.dice >= 0.9);
    CHECK(std::abs(result.volume_ratio - 1) < 0.1);
}

TEST_CASE("the same in smaller voxels") {
    const auto result = outlined(beside_a_facet, 0.7);
    CHECK(result.dice >= 0.9);
    CHECK(std::abs(result.volume_ratio - 1) < 0.1);
}

TEST_CASE("an outline ends at the volume's edge") {
    // Its middle is 3 mm from the last plane.
    const auto result = outlined({height_mm - 3, 36, 22, 7, 500}, 1);
    CHECK(result.dice >= 0.9);
}
