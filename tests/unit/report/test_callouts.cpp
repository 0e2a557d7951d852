#include <doctest/doctest.h>

#include <cmath>

#include "report/callouts.hpp"

using namespace calcinode::report;

namespace {

constexpr int size = 400;

struct Disc {
    double x, y, radius;
};

// A dark image with a target at each disc, drawn pixel by pixel.
View view_with(const std::vector<Disc>& discs) {
    View view;
    view.width = view.height = size;
    view.hu.assign(view.pixels(), 0);
    view.window = {1000, 400};
    for (const auto& disc : discs) {
        PixelMask mask;
        mask.inside.assign(view.pixels(), 0);
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x)
                if (std::hypot(x - disc.x, y - disc.y) <= disc.radius) {
                    mask.inside[view.pixel(x, y)] = 1;
                    ++mask.count;
                }
        view.targets.push_back(mask);
    }
    return view;
}

// Distances of all pixels in the marks' colour from a place.
struct Marks {
    int count = 0;
    double nearest = 1e9, farthest = 0;
};

Marks marks_around(Canvas& canvas, Point centre) {
    Marks marks;
    const auto rgb = canvas.rgb();
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
            const auto* p =
                rgb.data() + 3 * (static_cast<std::size_t>(y) * size + static_cast<std::size_t>(x));
            if (p[0] < 200 || p[1] < 150 || p[2] > 80) continue;
            ++marks.count;
            const double distance = std::hypot(x - centre.x, y - centre.y);
            marks.nearest = std::min(marks.nearest, distance);
            marks.farthest = std::max(marks.farthest, distance);
        }
    return marks;
}

constexpr Rect whole{0, 0, size, size};

}  // namespace

TEST_CASE("an arrow ends just outside its target and covers none of it, wherever that lies") {
    for (const auto& disc : {Disc{200, 200, 30}, Disc{8, 8, 20}, Disc{395, 200, 25}, Disc{200, 390, 40}}) {
        CAPTURE(disc.x);
        const auto view = view_with({disc});
        Canvas canvas(size, size);
        Panel panel(canvas, view, whole, 1);
        point_at(panel, 0, {1, 0}, "1");
        const auto marks = marks_around(canvas, {disc.x, disc.y});
        CHECK(marks.count > 300);
        CHECK(marks.nearest > disc.radius - 1);
        CHECK(marks.nearest < disc.radius + 12);
        CHECK(marks.farthest > disc.radius + 60);
    }
}

TEST_CASE("an arrow comes from where it is wanted, unless something is written there") {
    const auto view = view_with({{200, 200, 30}});
    Canvas free_canvas(size, size), taken_canvas(size, size);
    Panel free(free_canvas, view, whole, 1), taken(taken_canvas, view, whole, 1);
    point_at(free, 0, {1, 0}, "1");
    taken.take({230, 150, 170, 100});
    point_at(taken, 0, {1, 0}, "1");
    CHECK(marks_around(free_canvas, {300, 200}).nearest < 5);
    CHECK(marks_around(taken_canvas, {300, 200}).nearest > 30);
}

TEST_CASE("a target that the image does not show gets neither arrow nor number") {
    const auto view = view_with({{-200, -200, 30}});
    Canvas canvas(size, size);
    Panel panel(canvas, view, whole, 1);
    point_at(panel, 0, {1, 0}, "1");
    put_number(panel, 0, "1");
    CHECK(marks_around(canvas, {0, 0}).count == 0);
}

TEST_CASE("ten crowded targets have ten numbers that neither overlap nor cover a target") {
    std::vector<Disc> discs;
    for (int n = 0; n < 10; ++n) discs.push_back({150.0 + 22 * (n % 5), 180.0 + 22 * (n / 5), 10});
    const auto view = view_with(discs);
    int alone = 0;
    {
        const auto one = view_with({discs[0]});
        Canvas canvas(size, size);
        Panel panel(canvas, one, whole, 1);
        put_number(panel, 0, "0");
        alone = marks_around(canvas, {0, 0}).count;
    }
    Canvas canvas(size, size);
    Panel panel(canvas, view, whole, 1);
    for (std::size_t t = 0; t < discs.size(); ++t) put_number(panel, t, "0");
    CHECK(marks_around(canvas, {0, 0}).count >= 10 * alone);  // nothing is painted over
    const auto rgb = canvas.rgb();
    for (const auto& disc : discs) {
        const auto* centre =
            rgb.data() + 3 * (static_cast<std::size_t>(disc.y) * size + static_cast<std::size_t>(disc.x));
        CHECK(centre[0] == centre[2]);  // grey
    }
}
