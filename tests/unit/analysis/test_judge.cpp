// A lump that leans on bone as dense as itself is judged without that bone.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/judge.hpp"
#include "analysis/deposits/mimics.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

constexpr double s = 48, u = -36, v = 26, radius_mm = 7, hu = 600;  // in muscle
constexpr spine::CurvedPoint in_muscle{s, u, v}, at_a_body{s, -22, -13};
constexpr double ball_mm3 = 4.0 / 3 * 3.14159 * radius_mm * radius_mm * radius_mm;

// A rod from the ball on, of its own density: a process of bone.
void add_rod(Volume& volume) {
    const auto middle = spine_place(s, u, v);
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto at = volume.grid.to_lps(volume.grid.index(n)) - middle;
        const bool in_rod = std::hypot(at.x, at.y) < 3.2 && at.z > 0 && at.z < 40;
        if (in_rod) volume.hu[n] = static_cast<std::int16_t>(std::max<double>(volume.hu[n], hu));
    }
}

// Through its middle, a millimetre and a half thick: the cortex of a bone.
void add_plate(Volume& volume, double radius, const spine::CurvedPoint& at_ball = in_muscle,
               double plate_hu = hu) {
    const auto middle = spine_place(at_ball.s, at_ball.u, at_ball.v);
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto at = volume.grid.to_lps(volume.grid.index(n)) - middle;
        if (std::abs(at.z) < 0.75 && std::hypot(at.x, at.y) < radius)
            volume.hu[n] = static_cast<std::int16_t>(std::max<double>(volume.hu[n], plate_hu));
    }
}

// What is nearest to the ball.
Judged judged(const Volume& volume, double least_log_odds, std::optional<double> skull_s = {},
              const spine::CurvedPoint& ball = in_muscle) {
    const SpineShape shape;
    auto seen = seen_in(volume, shape);
    seen.skull_s = skull_s;
    const auto tissue = find_solid_tissue(seen.straight, 1);
    const Observer observer(tissue, seen, 1);
    const Artefacts artefacts(volume, {}, 1);
    const auto candidates = find_candidates(tissue, observer, 0, 1);
    REQUIRE(!candidates.empty());
    const auto& nearest = *std::ranges::min_element(candidates, {}, [&](const Candidate& c) {
        return std::hypot(c.centre.s - ball.s, c.centre.u - ball.u, c.centre.v - ball.v);
    });
    const auto result = judge({volume, seen, tissue, observer, artefacts}, nearest, least_log_odds);
    REQUIRE(result);
    return *result;
}

}  // namespace

TEST_CASE("a lump at the end of a process of bone is judged without it where the whole would not do") {
    auto volume = volume_of({});
    add_ball(volume, s, u, v, radius_mm, hu);
    add_rod(volume);
    const auto whole = judged(volume, sure_log_odds);
    CHECK(whole.log_odds >= sure_log_odds);
    CHECK(whole.mass.volume_mm3 > 1.3 * ball_mm3);

    const auto lump = judged(volume, whole.log_odds + 0.01);
    CHECK(lump.log_odds > sure_log_odds);
    CHECK(std::abs(lump.mass.volume_mm3 / ball_mm3 - 1) < 0.15);
    CHECK(lump.mass.compactness > 2 * whole.mass.compactness);
    CHECK(lump.mass.candidate.volume_mm3 < whole.mass.candidate.volume_mm3);
}

TEST_CASE("what is compact is judged as a whole, whatever is asked for") {
    auto volume = volume_of({});
    add_ball(volume, s, u, v, radius_mm, hu);
    constexpr double never = 1e9;
    CHECK(judged(volume, never).mass.voxels == judged(volume, sure_log_odds).mass.voxels);
}

TEST_CASE("so close to the skull that its place would name it, what is plainly a deposit is one") {
    auto volume = volume_of({});
    add_ball(volume, s, u, v, radius_mm, hu);
    constexpr double skull_s = s - 5;
    const auto result = judged(volume, sure_log_odds, skull_s);
    CHECK(mimic_by_place(result.mass) == Mimic::skull_base);
    CHECK(!result.mimic);
    CHECK(result.log_odds > sure_log_odds);
}

TEST_CASE("a lump on a thin plate of bone as dense as itself is judged by what lies close to its middle") {
    constexpr double small_mm = 4.2, small_mm3 = ball_mm3 * (small_mm * small_mm * small_mm) / 343;
    auto volume = volume_of({});
    add_plate(volume, 10);
    add_ball(volume, s, u, v, small_mm, hu);
    const auto whole = judged(volume, sure_log_odds);
    CHECK(whole.mass.volume_mm3 > 1.5 * small_mm3);
    const auto close = judged(volume, whole.log_odds + 0.01);
    CHECK(close.log_odds > whole.log_odds + 1);
    CHECK(close.mass.volume_mm3 < 1.2 * small_mm3);
    CHECK(std::ranges::includes(whole.mass.voxels, close.mass.voxels));
}

TEST_CASE(
    "where far more speaks for what lies close to its middle, that is its outline, also if the whole would "
    "do") {
    constexpr double small_mm = 3.5, small_mm3 = ball_mm3 / 8;
    auto volume = volume_of({});
    add_plate(volume, 18);
    add_ball(volume, s, u, v, small_mm, hu);
    constexpr double any = -1e9;
    const auto close = judged(volume, any);
    CHECK(close.log_odds > 2);
    CHECK(close.mass.volume_mm3 < 1.3 * small_mm3);
}

TEST_CASE("at a body, where such lumps are osteophytes, it is the whole that counts") {
    auto volume = volume_of({});
    add_plate(volume, 18, at_a_body);
    add_ball(volume, at_a_body.s, at_a_body.u, at_a_body.v, 4.2, hu);
    const auto whole = judged(volume, -1e9, {}, at_a_body);
    REQUIRE(whole.mass.placement.zone == Zone::at_body);
    CHECK(judged(volume, whole.log_odds + 0.01, {}, at_a_body).mass.voxels == whole.mass.voxels);
}

TEST_CASE("what is far from a deposit as a whole gets no second chance") {
    // The cortex of a bone, which the other side has as well, and a lump on it.
    constexpr double small_mm = 3.2, faint_hu = 450;
    auto volume = volume_of({});
    add_plate(volume, 18, in_muscle, faint_hu);
    add_plate(volume, 18, {s, -u, v}, faint_hu);
    add_ball(volume, s, u, v, small_mm, faint_hu);
    constexpr double any = -1e9, never = 1e9;
    CHECK(judged(volume, any).log_odds > 0.5);  // what lies close to its middle would do
    CHECK(judged(volume, never).log_odds < -3);
}
