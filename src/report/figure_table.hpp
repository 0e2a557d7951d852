// The figure's table: a row for each listed target, and notes below.
#pragma once

#include <string>
#include <vector>

#include "report/canvas.hpp"
#include "report/figure_targets.hpp"

namespace calcinode::report {

struct FigureTable {
    const std::vector<Target>& targets;
    std::size_t listed = 0, focus = 0;  // the row of the focus stands out
    std::vector<std::string> notes;     // a paragraph each
    bool with_change = false;           // a column for the change since an earlier result
};

double table_height(const FigureTable& table, double width);

// A wide one has more columns. What is too wide for its column is shortened; notes go on in further lines,
// and of what is too long for a picture it is said that the report has more.
void draw_table(Canvas& canvas, const Rect& place, const FigureTable& table, bool wide);

}  // namespace calcinode::report
