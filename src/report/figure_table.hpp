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
    std::vector<std::string> notes;     // a line each
    bool with_change = false;           // a column for the change since an earlier result
};

double table_height(const FigureTable& table);

// A wide one has more columns. Text that is too wide for its place is shortened.
void draw_table(Canvas& canvas, const Rect& place, const FigureTable& table, bool wide);

}  // namespace calcinode::report
