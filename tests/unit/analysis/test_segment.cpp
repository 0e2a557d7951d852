#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
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

// All balls in one spine, each outlined from the candidate next to it.
std::vector<Outlined> outlined(const std::vector<Ball>& balls, double spacing_mm) {
    const SpineShape shape{.spacing_mm = spacing_mm};
    auto volume = volume_of(shape);
    for (const auto& b : balls) add_ball(volume, b.s, b.u, b.v, b.radius_mm, b.hu);
    const auto seen = seen_in(volume, shape);
    const auto tissue = find_solid_tissue(seen.straight, 1);
    const Observer observer(tissue, seen, 1);
    const auto candidates = find_candidates(tissue, observer, 0, 1);
    REQUIRE(!candidates.empty());
    std::vector<Outlined> all;
    for (const auto& ball : balls) {
        const auto& nearest = *std::ranges::min_element(candidates, {}, [&](const Candidate& c) {
            return std::hypot(c.centre.s - ball.s, c.centre.u - ball.u, c.centre.v - ball.v);
        });
        const auto found = Segmenter(volume, seen.frame, tissue, observer, nearest).outline();
        CHECK(std::ranges::is_sorted(found));
        CHECK(std::ranges::adjacent_find(found) == found.end());
        const auto truth = truth_of(ball, volume);
        std::vector<std::size_t> both;
        std::ranges::set_intersection(found, truth, std::back_inserter(both));
        const auto size = [](const auto& voxels) { return static_cast<double>(voxels.size()); };
        all.push_back({2 * size(both) / (size(found) + size(truth)), size(found) / size(truth)});
    }
    return all;
}

// Behind and beside the articular processes, which it touches.
constexpr Ball beside_a_facet{pitch_mm + 11, 26, 16, 7, 450};

constexpr Ball in_muscle{48, -36, 26, 7, 450};
// Its middle is 3 mm from the last plane.
constexpr Ball at_the_edge{height_mm - 3, 36, 22, 7, 500};

}  // namespace

TEST_CASE(
    "balls are outlined at half of their density: in muscle, beside denser bone, at the volume's edge") {
    const auto result = outlined({in_muscle, beside_a_facet, at_the_edge}, 1);
    CHECK(result[0].dice >= 0.95);
    CHECK(std::abs(result[0].volume_ratio - 1) < 0.05);
    // The outline leaves the bone out that the ball touches.
    CHECK(result[1].dice >= 0.9);
    CHECK(std::abs(result[1].volume_ratio - 1) < 0.1);
    CHECK(result[2].dice >= 0.9);
    CHECK(std::abs(result[2].volume_ratio - 1) < 0.1);
}

TEST_CASE("beside denser bone, in smaller voxels") {
    const auto result = outlined({beside_a_facet}, 0.7);
    CHECK(result[0].dice >= 0.9);
    CHECK(std::abs(result[0].volume_ratio - 1) < 0.1);
}
