#include "report/figure_table.hpp"

#include <array>
#include <span>
#include <utility>

#include "base/decimals.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

constexpr double heading_px = 30, row_px = 29, note_px = 23, rule_gap_px = 6;
constexpr double cell_gap_px = 8;
constexpr double least_percent = 0.5;  // of the canal that is told: less is rounding
constexpr TextStyle heading_style{.size = 14, .colour = colour::grey};
constexpr TextStyle note_style{.size = 15, .colour = colour::white};
// Of one note, and of all: the page must not outgrow a screen.
constexpr std::size_t lines_a_note = 3, most_note_lines = 14;
constexpr const char* more = " ... (more in the report)";

std::string canal_text(const Target& t) {
    if (!t.canal_percent || !t.canal_distance_mm) return "-";
    if (*t.canal_percent >= least_percent) return with_decimals(*t.canal_percent, 0) + " % taken";
    return with_decimals(*t.canal_distance_mm, 1) + " mm off";
}

std::string optional_text(std::optional<double> value, int decimals) {
    return value ? with_decimals(*value, decimals) : "-";
}

// What a column says of a deposit.
struct Content {
    const char* heading;
    Align align;
    std::string (*cell)(const Target&);
};

namespace content {
constexpr Content level{"Level", Align::left, [](const Target& t) { return t.level; }};
constexpr Content place{"Compartment, side", Align::left, [](const Target& t) { return t.place; }};
constexpr Content volume{"Volume, ml", Align::right,
                         [](const Target& t) { return millilitres(t.volume_mm3); }};
constexpr Content change{"Change", Align::right,
                         [](const Target& t) { return t.change.empty() ? std::string("-") : t.change; }};
constexpr Content mean{"Mean HU", Align::right, [](const Target& t) { return with_decimals(t.mean_hu, 0); }};
constexpr Content maximum{"Max HU", Align::right, [](const Target& t) { return with_decimals(t.max_hu, 0); }};
constexpr Content axis{"Long axis, mm", Align::right,
                       [](const Target& t) { return optional_text(t.long_axis_mm, 1); }};
constexpr Content canal{"Canal", Align::right, canal_text};
constexpr Content confidence{"Confidence", Align::right, [](const Target& t) {
                                 return t.confidence ? with_decimals(*t.confidence * 100, 0) + " %" : "-";
                             }};
// Where there is little room.
constexpr Content volume_narrow{"ml", volume.align, volume.cell};
constexpr Content mean_narrow{"HU", mean.align, mean.cell};
constexpr Content sure{"sure", confidence.align, confidence.cell};
}  // namespace content

struct Column {
    Content content;
    double from, to;  // as parts of the table's width
};

constexpr std::array<Column, 6> narrow_columns{{
    {content::level, 0.06, 0.235},
    {content::place, 0.235, 0.52},
    {content::volume_narrow, 0.52, 0.615},
    {content::mean_narrow, 0.615, 0.70},
    {content::canal, 0.70, 0.893},
    {content::sure, 0.893, 1.0},
}};

constexpr std::array<Column, 8> wide_columns{{
    {content::level, 0.03, 0.13},
    {content::place, 0.13, 0.33},
    {content::volume, 0.33, 0.43},
    {content::mean, 0.43, 0.53},
    {content::maximum, 0.53, 0.63},
    {content::axis, 0.63, 0.75},
    {content::canal, 0.75, 0.88},
    {content::confidence, 0.88, 1.0},
}};

// The same with the change since an earlier result.
constexpr std::array<Column, 6> narrow_with_change{{
    {content::level, 0.06, 0.225},
    {content::place, 0.225, 0.495},
    {content::volume_narrow, 0.495, 0.59},
    {content::change, 0.59, 0.70},
    {content::canal, 0.70, 0.893},
    {content::sure, 0.893, 1.0},
}};

constexpr std::array<Column, 9> wide_with_change{{
    {content::level, 0.03, 0.12},
    {content::place, 0.12, 0.30},
    {content::volume, 0.30, 0.39},
    {content::change, 0.39, 0.48},
    {content::mean, 0.48, 0.57},
    {content::maximum, 0.57, 0.66},
    {content::axis, 0.66, 0.77},
    {content::canal, 0.77, 0.89},
    {content::confidence, 0.89, 1.0},
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
        style.align = column.content.align;
        const auto fitting = canvas_.shortened(text, style, right - left - cell_gap_px);
        canvas_.text({style.align == Align::left ? left : right, y}, fitting, style);
    }

    void headings(double y) {
        for (const auto& column : columns_) cell(column, y + 20, column.content.heading, heading_style);
        canvas_.fill({place_.x, y + heading_px - 2, place_.width, 1}, colour::dark);
    }

    void row(double y, const Target& target, bool focus) {
        if (focus) canvas_.fill({place_.x, y + 1, place_.width, row_px - 2}, {0.12, 0.12, 0.10}, 4);
        canvas_.badge({place_.x + badge_radius_px + 4, y + row_px / 2}, std::to_string(target.number),
                      colour::mark, focus);
        const TextStyle style{.size = 16, .bold = focus, .colour = colour::white};
        for (const auto& column : columns_)
            cell(column, y + row_px / 2 + 6, column.content.cell(target), style);
    }

    void note(double y, const std::string& line) { canvas_.text({place_.x, y + 17}, line, note_style); }

  private:
    Canvas& canvas_;
    Rect place_;
    std::span<const Column> columns_;
};

// As many as fit, the last of which says so where there would be more.
std::vector<std::string> first_lines(Canvas& canvas, std::vector<std::string> lines, std::size_t most,
                                     double width) {
    if (lines.size() <= most) return lines;
    lines.resize(most);
    lines.back() =
        canvas.shortened(lines.back(), note_style, width - canvas.width_of(more, note_style)) + more;
    return lines;
}

std::vector<std::string> note_lines(Canvas& canvas, const FigureTable& table, double width) {
    std::vector<std::string> lines;
    for (const auto& note : table.notes)
        for (auto& line : first_lines(canvas, canvas.wrapped(note, note_style, width), lines_a_note, width))
            lines.push_back(std::move(line));
    return first_lines(canvas, std::move(lines), most_note_lines, width);
}

}  // namespace

double table_height(const FigureTable& table, double width) {
    Canvas canvas(1, 1);  // to measure texts by
    const double rows = table.listed == 0 ? 0 : heading_px + row_px * static_cast<double>(table.listed);
    return rows + rule_gap_px + note_px * static_cast<double>(note_lines(canvas, table, width).size());
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
    for (const auto& line : note_lines(canvas, table, place.width)) {
        drawing.note(y, line);
        y += note_px;
    }
}

}  // namespace calcinode::report
