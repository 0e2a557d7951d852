// Where things stand on a page of the figure: two projections beside each other on one scale, so that each
// height is at one height of the page; at their right the axial image; the table below that or, where the
// projections are low, below all.
#pragma once

#include "report/canvas.hpp"

namespace calcinode::report {

struct LayoutNeeds {
    double heights_mm = 0;                   // of both projections
    double sagittal_mm = 0, coronal_mm = 0;  // their widths, at least
    double table_px = 0, wide_table_px = 0;  // the table's height, narrow and wide
    bool axial = true;  // no axial image and a smaller page where there is nothing to point at
};

struct FigureLayout {
    int width = 0, height = 0;  // of the page, both even
    double px_a_mm = 1;         // of the projections
    Rect banner, sagittal, coronal, axial, table, footer;
    bool wide_table = false;
};

// Widths of the table: beside the projections, and below all of a page.
inline constexpr double narrow_table_px = 622;
double wide_table_px(bool axial);

FigureLayout figure_layout(const LayoutNeeds& needs);

}  // namespace calcinode::report
