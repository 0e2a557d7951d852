#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "analysis/deposits/observer.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

struct Case {
    SpineShape shape;
    Volume volume = volume_of(shape);
    spine::SpineInView seen = seen_in(volume, shape);
    kernels::Block smooth = kernels::gaussian(seen.straight.hu, 0.8, 1);
    References references = find_references(smooth, seen, 1);
};

const Case& symmetric() {
    static const Case one;
    return one;
}

const Case& lopsided() {
    static const Case one{SpineShape{.left_shift_mm = 3}};
    return one;
}

Place place_at(double s, double u, double v) {
    const auto at = spine::Straight::index({s, u, v});
    return {static_cast<int>(std::lround(at[0])), static_cast<int>(std::lround(at[1])),
            static_cast<int>(std::lround(at[2]))};
}

spine::CurvedPoint where(const Place& p) {
    return spine::Straight::place(p[0], p[1], p[2]);
}

// The place of something's like that must be in view.
Place seen_place(const std::optional<Place>& like) {
    REQUIRE(like.has_value());
    return like.value_or(Place{});
}

int hu_at(const Case& c, const Place& p) {
    return c.smooth.values[c.smooth.offset(p[0], p[1], p[2])];
}

// Of all places to the left that are bone: how much its like differs from it, with and without looking for
// where it fits.
struct Differences {
    double moved = 0, unmoved = 0;
};

Differences differences(const Case& c) {
    Differences sum;
    double count = 0;
    for (int k = 24; k < 72; ++k)
        for (int v = 0; v <= 20; ++v)
            for (int u = 10; u <= 30; ++u) {
                const Place here = place_at(k, u, v), opposite = place_at(k, -u, v);
                if (hu_at(c, here) < 300) continue;
                const Place like = seen_place(c.references.mirror.of(here));
                sum.moved += std::abs(hu_at(c, here) - hu_at(c, like));
                sum.unmoved += std::abs(hu_at(c, here) - hu_at(c, opposite));
                count += 1;
            }
    REQUIRE(count > 1000);
    return {sum.moved / count, sum.unmoved / count};
}

}  // namespace

TEST_CASE("the other side of a spine that is its own mirror image is where it is expected") {
    for (const double s : {30.0, 58.0})
        for (const double u : {-25.0, -12.0, 12.0, 25.0}) {
            const Place like = seen_place(symmetric().references.mirror.of(place_at(s, u, 8)));
            const auto at = where(like);
            CHECK(std::abs(at.u + u) <= 1);
            CHECK(std::abs(at.s - s) <= 1);
            CHECK(std::abs(at.v - 8) <= 1);
        }
}

TEST_CASE("the other side is found where the two sides differ by 3 mm") {
    // Articular processes: at 8 to 20 mm to the right, at 11 to 23 mm to the left.
    for (const double s : {35.0, 59.0}) {
        CAPTURE(s);
        const Place to_right = seen_place(lopsided().references.mirror.of(place_at(s, 21, 9)));
        CHECK(std::abs(where(to_right).u + 18) <= 1);
        const Place to_left = seen_place(lopsided().references.mirror.of(place_at(s, -18, 9)));
        CHECK(std::abs(where(to_left).u - 21) <= 1);
    }
    const auto found = differences(lopsided());
    CHECK(found.moved < 0.5 * found.unmoved);
}

TEST_CASE("flat surroundings stay where they are") {
    const Place like = seen_place(symmetric().references.mirror.of(place_at(48, 44, 30)));
    const auto at = where(like);
    CHECK(std::abs(at.u + 44) <= 1);
    CHECK(std::abs(at.v - 30) <= 1);
    CHECK(std::abs(at.s - 48) <= 1);
}

TEST_CASE("the neighbouring vertebrae show the same place, a level up and a level down") {
    for (const double h : {4.0, 10.0, 16.0})
        for (const double u : {-22.0, 0.0, 16.0}) {
            CAPTURE(h);
            CAPTURE(u);
            const Place here = place_at(pitch_mm + h, u, 12);
            const Place above = seen_place(symmetric().references.above.of(here));
            const Place below = seen_place(symmetric().references.below.of(here));
            CHECK(std::abs(where(above).s - h) <= 1.5);
            CHECK(std::abs(where(below).s - (2 * pitch_mm + h)) <= 1.5);
            CHECK(std::abs(where(above).u - u) <= 1.5);
            CHECK(std::abs(where(below).u - u) <= 1.5);
        }
}

TEST_CASE("out of view there is no reference") {
    const auto& references = symmetric().references;
    CHECK(!references.above.of(place_at(10, 12, 8)));             // of the first vertebra
    CHECK(!references.below.of(place_at(height_mm - 4, 12, 8)));  // of the last one
    const auto smooth = symmetric().smooth;
    const Likeness nowhere(smooth, true, std::vector<int>(static_cast<std::size_t>(smooth.size[2]), -1), 1);
    CHECK(!nowhere.of(place_at(48, 12, 8)));
}

TEST_CASE("with less than three vertebrae there are no neighbours to go by") {
    auto seen = symmetric().seen;
    seen.spine.vertebrae.resize(2);
    const auto references = find_references(symmetric().smooth, seen, 1);
    for (const double s : {10.0, 48.0, 80.0}) {
        CHECK(!references.above.of(place_at(s, 12, 8)));
        CHECK(!references.below.of(place_at(s, 12, 8)));
    }
}

TEST_CASE("what lies in the middle is not compared with itself") {
    const auto tissue = find_solid_tissue(symmetric().seen.straight, 1);
    const Observer observer(tissue, symmetric().seen, 1);
    CHECK(std::isnan(observer.likeness_at(place_at(48, 0, 20), 400).other_side));
    const auto beside = observer.likeness_at(place_at(58, 12, 8), 400);
    CHECK(beside.other_side > 0.5);
    CHECK(beside.neighbours > 0.5);
    const auto in_muscle = observer.likeness_at(place_at(48, 40, 25), 400);
    CHECK(in_muscle.other_side < 0.4);
    CHECK(in_muscle.neighbours < 0.4);
    CHECK(in_muscle.solid_neighbours < 0.4);
}
