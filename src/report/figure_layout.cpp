#include "report/figure_layout.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::report {
namespace {

constexpr double margin_px = 20, gap_px = 14;
constexpr double banner_px = 104, footer_px = 56;

// All of a small screen's width, two thirds of a workstation's portrait screen of 3 megapixels.
constexpr double page_px = 1600;
// So that the page is not higher than a landscape screen of 1600 x 1200.
constexpr double most_image_px = 940;
// Of the axial image: beside high projections with the table below it, and beside low ones.
constexpr double axial_width_px = narrow_table_px, narrow_axial_width_px = 540;
constexpr double least_axial_px = 480, most_axial_px = 640, least_row_px = 400;
// More than this only enlarges the blur of ordinary voxels.
constexpr double most_px_a_mm = 5;
// A projection narrower than this has no room for its writing.
constexpr double least_projection_px = 300;

constexpr double small_page_px = 860, small_image_px = 560;

int even(double length) {
    return static_cast<int>(std::ceil(length / 2)) * 2;
}

// Banner, and below it both projections in a row `width` wide and at most `highest` high. They share the
// width in the proportion of what they must show.
FigureLayout projections(const LayoutNeeds& needs, double width, double highest) {
    FigureLayout layout;
    const double sagittal_mm = std::max(needs.sagittal_mm, 1.0), coronal_mm = std::max(needs.coronal_mm, 1.0);
    const double both = width - gap_px;
    const double coronal =
        std::max(least_projection_px, std::round(both * coronal_mm / (sagittal_mm + coronal_mm)));
    const double sagittal = both - coronal;
    layout.px_a_mm = std::min({most_px_a_mm, highest / std::max(needs.heights_mm, 1.0),
                               sagittal / sagittal_mm, coronal / coronal_mm});
    const double top = banner_px + gap_px;
    const double height = std::max(1.0, std::round(needs.heights_mm * layout.px_a_mm));
    layout.sagittal = {margin_px, top, sagittal, height};
    layout.coronal = {margin_px + sagittal + gap_px, top, coronal, height};
    return layout;
}

void finish(FigureLayout& layout, double bottom, double width) {
    layout.width = even(width);
    layout.footer = {margin_px, bottom + gap_px, width - 2 * margin_px, footer_px};
    layout.height = even(bottom + gap_px + footer_px);
    layout.banner = {0, 0, static_cast<double>(layout.width), banner_px};
}

void put_table_below(FigureLayout& layout, const LayoutNeeds& needs, double width) {
    layout.wide_table = true;
    const double y = layout.sagittal.y + layout.sagittal.height + gap_px;
    layout.table = {margin_px, y, width - 2 * margin_px, needs.wide_table_px};
    finish(layout, y + needs.wide_table_px, width);
}

double beside_axial(double axial_px) {
    return page_px - 2 * margin_px - gap_px - axial_px;
}

}  // namespace

double wide_table_px(bool axial) {
    return (axial ? page_px : small_page_px) - 2 * margin_px;
}

FigureLayout figure_layout(const LayoutNeeds& needs) {
    if (!needs.axial) {
        auto layout = projections(needs, small_page_px - 2 * margin_px, small_image_px);
        put_table_below(layout, needs, small_page_px);
        return layout;
    }
    auto layout = projections(needs, beside_axial(axial_width_px), most_image_px);
    const double top = layout.sagittal.y;
    const double beside = layout.sagittal.height - gap_px - needs.table_px;
    if (beside >= least_axial_px) {
        const double x = page_px - margin_px - axial_width_px;
        layout.axial = {x, top, axial_width_px, std::min(beside, most_axial_px)};
        layout.table = {x, top + layout.axial.height + gap_px, axial_width_px, needs.table_px};
        finish(layout, top + layout.sagittal.height, page_px);
        return layout;
    }
    // Low projections stand in the middle of a row that is high enough for the axial image.
    layout = projections(needs, beside_axial(narrow_axial_width_px), most_axial_px);
    const double height = std::max(layout.sagittal.height, least_row_px);
    layout.sagittal.height = layout.coronal.height = height;
    layout.axial = {page_px - margin_px - narrow_axial_width_px, top, narrow_axial_width_px, height};
    put_table_below(layout, needs, page_px);
    return layout;
}

}  // namespace calcinode::report
