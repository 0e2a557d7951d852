#include <doctest/doctest.h>

#include <vector>

#include "report/figure_layout.hpp"

using namespace calcinode::report;

namespace {

void check_page(const LayoutNeeds& needs) {
    CAPTURE(needs.heights_mm);
    CAPTURE(needs.sagittal_mm);
    CAPTURE(needs.table_px);
    const auto layout = figure_layout(needs);
    CHECK(layout.width % 2 == 0);
    CHECK(layout.height % 2 == 0);
    CHECK(layout.width <= 1600);
    CHECK(layout.height <= 1500);
    const Rect page{0, 0, static_cast<double>(layout.width), static_cast<double>(layout.height)};
    std::vector<Rect> places{layout.banner, layout.sagittal, layout.coronal, layout.table, layout.footer};
    if (needs.axial) places.push_back(layout.axial);
    for (std::size_t a = 0; a < places.size(); ++a) {
        CHECK(page.contains(places[a]));
        for (std::size_t b = 0; b < a; ++b) CHECK_FALSE(places[a].overlaps(places[b]));
    }
    CHECK(layout.sagittal.y == layout.coronal.y);
    CHECK(layout.sagittal.height == layout.coronal.height);
    CHECK(needs.heights_mm * layout.px_a_mm <= layout.sagittal.height + 1);
    CHECK(needs.sagittal_mm * layout.px_a_mm <= layout.sagittal.width + 1);
    CHECK(needs.coronal_mm * layout.px_a_mm <= layout.coronal.width + 1);
}

}  // namespace

TEST_CASE("whatever is to be shown, nothing overlaps or leaves the page, and it is shown whole") {
    for (const bool axial : {true, false})
        for (const double heights : {2.0, 40.0, 120.0, 180.0, 260.0, 450.0})
            for (const double sagittal : {60.0, 110.0, 260.0})
                for (const double coronal : {40.0, 90.0, 250.0})
                    for (const double table : {60.0, 130.0, 648.0})
                        check_page({heights, sagittal, coronal, table, table, axial});
}

TEST_CASE("high projections have the table beside them, low ones below") {
    CHECK_FALSE(figure_layout({260, 110, 80, 120, 120}).wide_table);
    CHECK(figure_layout({60, 110, 80, 120, 120}).wide_table);
}

TEST_CASE("a page without anything to point at is smaller") {
    CHECK(figure_layout({.heights_mm = 200, .sagittal_mm = 110, .coronal_mm = 80, .axial = false}).width <
          1000);
}
