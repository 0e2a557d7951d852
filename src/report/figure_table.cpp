#include "report/figure_table.hpp"

#include <array>
#include <cstdio>
#include <span>

#include "report/wording.hpp"

namespace calcinode::report {
namespace {

constexpr double heading_px = 30, row_px = 29, note_px = 23, rule_gap_px = 6;
constexpr double cell_gap_px = 8;
constexpr double least_percent = 0.5;  // of the canal that is told: less is rounding
constexpr TextStyle heading_style{.size = 14, .colour = colour::grey};
constexpr TextStyle note_style{.size = 15, .colour = colour::white};

std::string with_decimals(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

std::string canal_text(const Target& t) {
    if (!t.canal_percent || !t.canal_distance_mm) return "-";
    if (*t.canal_percent >= least_percent) return with_decimals(*t.canal_percent, 0) + " % taken";
    return with_decimals(*t.canal_distance_mm, 1) + " mm off";
}

std::string optional_text(std::optional<double> value, int decimals) {
    return value ? with_decimals(*value, decimals) : "-";
}

struct Column {
    const char* heading;
    double from, to;  // as parts of the table's width
    Align align;
    std::string (*cell)(const Target&);
};

std::string level_cell(const Target& t) {
    return t.level;
}
std::string place_cell(const Target& t) {
    return t.place;
}
std::string volume_cell(const Target& t) {
    return millilitres(t.volume_mm3);
}
std::string mean_cell(const Target& t) {
    return with_decimals(t.mean_hu, 0);
}
std::string max_cell(const Target& t) {
    return with_decimals(t.max_hu, 0);
}
std::string both_hu_cell(const Target& t) {
    return with_decimals(t.mean_hu, 0) + " / " + with_decimals(t.max_hu, 0);
}
std::string axis_cell(const Target& t) {
    return optional_text(t.long_axis_mm, 1);
}
std::string change_cell(const Target& t) {
    return t.change.empty() ? "-" : t.change;
}
std::string confidence_cell(const Target& t) {
    return optional_text(t.confidence, 2);
}

constexpr std::array<Column, 5> narrow_columns{{
    {"Level", 0.06, 0.205, Align::left, level_cell},
    {"Compartment, side", 0.205, 0.52, Align::left, place_cell},
    {"ml", 0.52, 0.61, Align::right, volume_cell},
    {"mean / max HU", 0.61, 0.80, Align::right, both_hu_cell},
    {"Canal", 0.80, 1.0, Align::right, canal_text},
}};

constexpr std::array<Column, 8> wide_columns{{
    {"Level", 0.03, 0.13, Align::left, level_cell},
    {"Compartment, side", 0.13, 0.33, Align::left, place_cell},
    {"Volume, ml", 0.33, 0.43, Align::right, volume_cell},
    {"Mean HU", 0.43, 0.53, Align::right, mean_cell},
    {"Max HU", 0.53, 0.63, Align::right, max_cell},
    {"Long axis, mm", 0.63, 0.75, Align::right, axis_cell},
    {"Canal", 0.75, 0.88, Align::right, canal_text},
    {"Confidence", 0.88, 1.0, Align::right, confidence_cell},
}};

// The same with the change since an earlier result.
constexpr std::array<Column, 6> narrow_with_change{{
    {"Level", 0.06, 0.175, Align::left, level_cell},
    {"Compartment, side", 0.175, 0.475, Align::left, place_cell},
    {"ml", 0.475, 0.56, Align::right, volume_cell},
    {"Change", 0.56, 0.675, Align::right, change_cell},
    {"Mean HU", 0.675, 0.80, Align::right, mean_cell},
    {"Canal", 0.80, 1.0, Align::right, canal_text},
}};

constexpr std::array<Column, 9> wide_with_change{{
    {"Level", 0.03, 0.12, Align::left, level_cell},
    {"Compartment, side", 0.12, 0.30, Align::left, place_cell},
    {"Volume, ml", 0.30, 0.39, Align::right, volume_cell},
    {"Change", 0.39, 0.48, Align::right, change_cell},
    {"Mean HU", 0.48, 0.57, Align::right, mean_cell},
    {"Max HU", 0.57, 0.66, Align::right, max_cell},
    {"Long axis, mm", 0.66, 0.77, Align::right, axis_cell},
    {"Canal", 0.77, 0.89, Align::right, canal_text},
    {"Confidence", 0.89, 1.0, Align::right, confidence_cell},
}};

std::span<const Column> columns_of(const FigureTable& table, bool wide) {
    if (table.with_change) return wide ? std::span<const Column>(wide_with_change) : narrow_with_change;
    return wide ? std::span<const Column>(wide_columns) : narrow_columns;
}

class Drawing {
  public:
    Drawing(Canvas& canvas, const Rect& place, std::span<const Column> columns)
        : canvas_(canvas), place_(place), columns_(columns) {}

    void cell(const Column& column, double y, const std::string& text, TextStyle style) {
        const double left = place_.x + place_.width * column.from,
                     right = place_.x + place_.width * column.to;
        style.align = column.align;
        const auto fitting = canvas_.shortened(text, style, right - left - cell_gap_px);
        canvas_.text({column.align == Align::left ? left : right, y}, fitting, style);
    }

    void headings(double y) {
        for (const auto& column : columns_) cell(column, y + 20, column.heading, heading_style);
        canvas_.fill({place_.x, y + heading_px - 2, place_.width, 1}, colour::dark);
    }

    void row(double y, const Target& target, bool focus) {
        if (focus) canvas_.fill({place_.x, y + 1, place_.width, row_px - 2}, {0.12, 0.12, 0.10}, 4);
        canvas_.badge({place_.x + badge_radius_px + 4, y + row_px / 2}, std::to_string(target.number),
                      colour::mark, focus);
        const TextStyle style{.size = 16, .bold = focus, .colour = colour::white};
        for (const auto& column : columns_) cell(column, y + row_px / 2 + 6, column.cell(target), style);
    }

    void note(double y, const std::string& text) {
        canvas_.text({place_.x, y + 17}, canvas_.shortened(text, note_style, place_.width), note_style);
    }

  private:
    Canvas& canvas_;
    Rect place_;
    std::span<const Column> columns_;
};

}  // namespace

double table_height(const FigureTable& table) {
    const double rows = table.listed == 0 ? 0 : heading_px + row_px * static_cast<double>(table.listed);
    return rows + rule_gap_px + note_px * static_cast<double>(table.notes.size());
}

void draw_table(Canvas& canvas, const Rect& place, const FigureTable& table, bool wide) {
    Drawing drawing(canvas, place, columns_of(table, wide));
    double y = place.y;
    if (table.listed > 0) {
        drawing.headings(y);
        y += heading_px;
    }
    for (std::size_t t = 0; t < table.listed; ++t, y += row_px)
        drawing.row(y, table.targets[t], t == table.focus);
    y += rule_gap_px;
    for (const auto& note : table.notes) {
        drawing.note(y, note);
        y += note_px;
    }
}

}  // namespace calcinode::report
