#include <doctest/doctest.h>

#include <cmath>

#include "base/fd.hpp"
#include "report/figure.hpp"
#include "report/figure_views.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

std::uint8_t grey_at(const View& view, PixelPoint p) {
    return view.grey[static_cast<std::size_t>(std::lround(p.y)) * static_cast<std::size_t>(view.width) +
                     static_cast<std::size_t>(std::lround(p.x))];
}

bool is_mark_coloured(const Picture& picture, int x, int y) {
    const auto* p =
        picture.rgb.data() + 3 * (static_cast<std::size_t>(y) * 1400 + static_cast<std::size_t>(x));
    return p[0] > 230 && p[1] > 180 && p[2] < 60;
}

int mark_coloured_pixels(const Picture& picture, int from_x, int to_x) {
    int count = 0;
    for (int y = 90; y < 850; ++y)
        for (int x = from_x; x < to_x; ++x) count += is_mark_coloured(picture, x, y);
    return count;
}

}  // namespace

TEST_CASE("the axial image has the patient's right at its left and the front on top") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto view = axial_view(*study.outcome.findings, study.volume, 1.0);
    CHECK(view.k == 12);
    CHECK(view.at({50, 0, 0}).x > view.at({10, 0, 0}).x);  // i grows to the patient's left
    CHECK(view.at({0, 50, 0}).y > view.at({0, 10, 0}).y);  // j grows to the back
    CHECK(grey_at(view, view.at({45, 45, 12})) > grey_at(view, view.at({55, 55, 12})) + 50);
}

TEST_CASE("the projection has the head on top and the front at its left, and shows what lies in the slab") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 18}, {4, 4, 2});
    const auto view = sagittal_view(*study.outcome.findings, study.volume, 1.0);
    CHECK(view.at({0, 0, 20}).y < view.at({0, 0, 3}).y);
    CHECK(view.at({0, 10, 0}).x < view.at({0, 50, 0}).x);
    CHECK(grey_at(view, view.at({0, 45, 18})) > grey_at(view, view.at({0, 45, 5})) + 50);
    CHECK(view.deposits[0].count > 0);
}

TEST_CASE("the canal's place between and beyond its known points follows them") {
    SyntheticStudy study;
    auto& canal = study.outcome.findings->spine.canal;
    canal = {study.volume.grid.to_lps(30, 30, 20), study.volume.grid.to_lps(10, 40, 10)};
    const auto line = canal_at_each_slice(*study.outcome.findings, study.volume.grid);
    CHECK(line.i[15] == doctest::Approx(20));
    CHECK(line.j[15] == doctest::Approx(35));
    CHECK(line.i[0] == doctest::Approx(10));
    CHECK(line.i[23] == doctest::Approx(30));
}

TEST_CASE("both images keep the patient's proportions whatever the voxels are") {
    for (const auto& spacing : {std::array{0.4, 0.4, 5.0}, std::array{2.0, 0.5, 0.5}}) {
        SyntheticStudy study({.spacing_mm = spacing});
        study.add_deposit({40, 41, 12}, {6, 5, 3});
        const auto view = sagittal_view(*study.outcome.findings, study.volume, 0.9);
        CHECK(view.step_x_mm == spacing[1]);
        CHECK(view.step_y_mm == spacing[2]);
        const auto picture = draw_figure(*study.outcome.findings, study.volume, study.source);
        REQUIRE(picture);
        CHECK(picture->rgb.size() == 1400U * 1000U * 3U);
    }
}

TEST_CASE("an arrow points at the deposit in both images") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto picture = draw_figure(*study.outcome.findings, study.volume, study.source);
    REQUIRE(picture);
    constexpr int arrow_at_least = 250;  // an arrow of 64 pixels' length, its head included
    CHECK(mark_coloured_pixels(*picture, 0, 700) > arrow_at_least);
    CHECK(mark_coloured_pixels(*picture, 700, 1400) > arrow_at_least);
}

TEST_CASE("figures of awkward findings are drawn, too") {
    SUBCASE("no vertebra, no canal, level uncertain") {
        SyntheticStudy study;
        auto& deposit = study.add_deposit({40, 41, 12}, {6, 5, 3});
        deposit.level = "uncertain";
        study.outcome.findings->spine = {};
        CHECK(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
    SUBCASE("a deposit in the volume's corner that reaches beyond it") {
        SyntheticStudy study;
        study.add_deposit({62, 62, 23}, {5, 5, 5});
        CHECK(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
    SUBCASE("a deposit of one voxel") {
        SyntheticStudy study;
        study.add_deposit({40, 41, 12}, {0, 0, 0});
        CHECK(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
    SUBCASE("more deposits than the table has rows") {
        SyntheticStudy study;
        for (int n = 0; n < 20; ++n) study.add_deposit({10 + 2 * n, 10 + 2 * n, 1 + n}, {1, 1, 0});
        CHECK(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
    SUBCASE("one slice") {
        SyntheticStudy study({.size = {63, 63, 1}});
        study.add_deposit({40, 41, 0}, {6, 5, 0});
        CHECK(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
    SUBCASE("nothing to draw is an error") {
        SyntheticStudy study;
        CHECK_FALSE(draw_figure(*study.outcome.findings, study.volume, study.source));
    }
}

TEST_CASE("the figure is a PNG file") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write());
    const auto bytes = read_file(study.out("figure.png"), 10'000'000);
    REQUIRE(bytes);
    CHECK(bytes->substr(1, 3) == "PNG");
}
