#include "report/canvas.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <sstream>
#include <stdexcept>

namespace calcinode::report {
namespace {

constexpr const char* font = "DejaVu Sans";
constexpr double rim_px = 3.2;
constexpr double arrow_head_px = 20, arrow_head_half_px = 9, arrow_shaft_px = 4.6;
constexpr double badge_text_px = 16;
constexpr const char* ellipsis = "\u2026";

std::uint32_t grey_pixel(std::uint8_t value) {
    return std::uint32_t{value} << 16 | std::uint32_t{value} << 8 | value;
}

}  // namespace

Canvas::Canvas(int width, int height)
    : width_(width),
      height_(height),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
      cairo_(cairo_create(surface_.get())) {
    if (cairo_status(cairo_.get()) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("no drawing surface of " + std::to_string(width) + " x " +
                                 std::to_string(height));
    fill({0, 0, static_cast<double>(width), static_cast<double>(height)}, {0.035, 0.04, 0.05});
    std::unique_ptr<cairo_font_options_t, void (*)(cairo_font_options_t*)> options(
        cairo_font_options_create(), cairo_font_options_destroy);
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    // Unhinted letters keep their shape and place, whatever the machine's font configuration says.
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo_.get(), options.get());
    cairo_set_line_join(cairo_.get(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo_.get(), CAIRO_LINE_CAP_ROUND);
}

void Canvas::set(Colour colour, double alpha) {
    cairo_set_source_rgba(cairo_.get(), colour.red, colour.green, colour.blue, alpha);
}

void Canvas::choose_font(const TextStyle& style) {
    cairo_select_font_face(cairo_.get(), font, CAIRO_FONT_SLANT_NORMAL,
                           style.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo_.get(), style.size);
}

Point Canvas::start_of(Point at, const std::string& text, const TextStyle& style) {
    choose_font(style);
    cairo_text_extents_t extents{};
    cairo_text_extents(cairo_.get(), text.c_str(), &extents);
    if (style.align == Align::centre) at.x -= extents.x_advance / 2;
    if (style.align == Align::right) at.x -= extents.x_advance;
    return at;
}

Rect Canvas::extent(Point at, const std::string& text, const TextStyle& style) {
    const Point start = start_of(at, text, style);
    cairo_text_extents_t extents{};
    cairo_text_extents(cairo_.get(), text.c_str(), &extents);
    return {start.x - rim_px / 2, start.y + extents.y_bearing - rim_px / 2, extents.x_advance + rim_px,
            extents.height + rim_px};
}

double Canvas::width_of(const std::string& text, const TextStyle& style) {
    choose_font(style);
    cairo_text_extents_t extents{};
    cairo_text_extents(cairo_.get(), text.c_str(), &extents);
    return extents.x_advance;
}

std::string Canvas::shortened(const std::string& text, const TextStyle& style, double width) {
    if (width_of(text, style) <= width) return text;
    std::string begin = text;
    while (!begin.empty()) {
        // A whole UTF-8 character: its following bytes begin with the bits 10.
        while (!begin.empty() && (static_cast<unsigned char>(begin.back()) & 0xC0) == 0x80) begin.pop_back();
        if (!begin.empty()) begin.pop_back();
        if (width_of(begin + ellipsis, style) <= width) return begin + ellipsis;
    }
    return {};
}

std::vector<std::string> Canvas::wrapped(const std::string& text, const TextStyle& style, double width) {
    std::vector<std::string> lines{""};
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        auto& line = lines.back();
        if (!line.empty() && width_of(line + " " + word, style) <= width) {
            line += " " + word;
            continue;
        }
        auto fitting = shortened(word, style, width);
        if (line.empty())
            line = std::move(fitting);
        else
            lines.push_back(std::move(fitting));
    }
    return lines;
}

void Canvas::text(Point at, const std::string& text, const TextStyle& style) {
    const Point start = start_of(at, text, style);
    cairo_move_to(cairo_.get(), start.x, start.y);
    cairo_text_path(cairo_.get(), text.c_str());
    set({0, 0, 0}, 0.75);
    cairo_set_line_width(cairo_.get(), rim_px);
    cairo_stroke_preserve(cairo_.get());
    set(style.colour);
    cairo_fill(cairo_.get());
}

void Canvas::plain_text(Point at, const std::string& text, const TextStyle& style) {
    const Point start = start_of(at, text, style);
    cairo_move_to(cairo_.get(), start.x, start.y);
    cairo_text_path(cairo_.get(), text.c_str());
    set(style.colour);
    cairo_fill(cairo_.get());
}

void Canvas::line(const std::vector<Point>& points, Colour colour, double width) {
    if (points.empty()) return;
    cairo_move_to(cairo_.get(), points.front().x, points.front().y);
    for (const auto& p : points) cairo_line_to(cairo_.get(), p.x, p.y);
    set(colour);
    cairo_set_line_width(cairo_.get(), width);
    cairo_stroke(cairo_.get());
}

void Canvas::segments(const std::vector<Segment>& segments, Colour colour, double width) {
    cairo_new_path(cairo_.get());
    for (const auto& [from, to] : segments) {
        cairo_move_to(cairo_.get(), from.x, from.y);
        cairo_line_to(cairo_.get(), to.x, to.y);
    }
    set(colour::black, 0.55);
    cairo_set_line_width(cairo_.get(), width + 1.6);
    cairo_stroke_preserve(cairo_.get());
    set(colour);
    cairo_set_line_width(cairo_.get(), width);
    cairo_stroke(cairo_.get());
}

void Canvas::arrow(Point tail, Point tip, Colour colour) {
    const double length = std::hypot(tip.x - tail.x, tip.y - tail.y);
    if (length < arrow_head_px) return;
    const Point u{(tip.x - tail.x) / length, (tip.y - tail.y) / length};
    const auto at = [&](double along, double aside) {
        return Point{tip.x - u.x * along - u.y * aside, tip.y - u.y * along + u.x * aside};
    };
    const double half = arrow_shaft_px / 2, neck = arrow_head_px * 0.86;
    const Point outline[] = {tip,
                             at(arrow_head_px, arrow_head_half_px),
                             at(neck, half),
                             at(length, half),
                             at(length, -half),
                             at(neck, -half),
                             at(arrow_head_px, -arrow_head_half_px)};
    cairo_new_path(cairo_.get());
    for (const auto& p : outline) cairo_line_to(cairo_.get(), p.x, p.y);
    cairo_close_path(cairo_.get());
    set({0, 0, 0}, 0.85);
    cairo_set_line_width(cairo_.get(), 2.4);
    cairo_stroke_preserve(cairo_.get());
    set(colour);
    cairo_fill(cairo_.get());
}

void Canvas::badge(Point centre, const std::string& text, Colour colour, bool filled) {
    cairo_new_path(cairo_.get());
    cairo_arc(cairo_.get(), centre.x, centre.y, badge_radius_px - 1, 0, 2 * std::numbers::pi);
    set(filled ? colour : colour::black, filled ? 1 : 0.75);
    cairo_fill_preserve(cairo_.get());
    set(filled ? colour::black : colour);
    cairo_set_line_width(cairo_.get(), 1.5);
    cairo_stroke(cairo_.get());
    const double size = text.size() > 1 ? badge_text_px - 2 : badge_text_px;
    const Colour ink = filled ? colour::black : colour;
    plain_text({centre.x, centre.y + size * 0.36}, text,
               {.size = size, .bold = true, .align = Align::centre, .colour = ink});
}

void Canvas::fill(const Rect& rect, Colour colour, double corner_radius) {
    const double r = corner_radius, quarter = std::numbers::pi / 2;
    cairo_new_path(cairo_.get());
    cairo_arc(cairo_.get(), rect.x + r, rect.y + r, r, 2 * quarter, 3 * quarter);
    cairo_arc(cairo_.get(), rect.x + rect.width - r, rect.y + r, r, 3 * quarter, 4 * quarter);
    cairo_arc(cairo_.get(), rect.x + rect.width - r, rect.y + rect.height - r, r, 0, quarter);
    cairo_arc(cairo_.get(), rect.x + r, rect.y + rect.height - r, r, quarter, 2 * quarter);
    cairo_close_path(cairo_.get());
    set(colour);
    cairo_fill(cairo_.get());
}

void Canvas::shade(const Rect& rect) {
    cairo_rectangle(cairo_.get(), rect.x, rect.y, rect.width, rect.height);
    set({0, 0, 0}, 0.55);
    cairo_fill(cairo_.get());
}

void Canvas::image(const std::vector<std::uint8_t>& grey, int width, int height, int x, int y) {
    const std::unique_ptr<cairo_surface_t, Free> source(
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height));
    if (cairo_surface_status(source.get()) != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error("no memory for an image of the figure");
    auto* const data = cairo_image_surface_get_data(source.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(source.get()));
    const auto columns = static_cast<std::size_t>(width);
    for (std::size_t p = 0; p < grey.size(); ++p) {
        const auto pixel = grey_pixel(grey[p]);
        std::memcpy(data + p / columns * stride + p % columns * sizeof pixel, &pixel, sizeof pixel);
    }
    cairo_surface_mark_dirty(source.get());
    cairo_set_source_surface(cairo_.get(), source.get(), x, y);
    cairo_paint(cairo_.get());
}

std::vector<std::uint8_t> Canvas::rgb() {
    if (const auto status = cairo_status(cairo_.get()); status != CAIRO_STATUS_SUCCESS)
        throw std::runtime_error(cairo_status_to_string(status));  // from here on nothing was drawn
    cairo_surface_flush(surface_.get());
    const auto* const data = cairo_image_surface_get_data(surface_.get());
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface_.get()));
    std::vector<std::uint8_t> bytes;
    bytes.reserve(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 3);
    for (int y = 0; y < height_; ++y)
        for (int x = 0; x < width_; ++x) {
            std::uint32_t pixel = 0;
            std::memcpy(&pixel, data + static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x) * 4,
                        sizeof pixel);
            for (const int shift : {16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(pixel >> shift));
        }
    return bytes;
}

}  // namespace calcinode::report
