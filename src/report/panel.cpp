#include "report/panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "report/contour.hpp"

namespace calcinode::report {
namespace {

constexpr double margin_px = 10;
constexpr double arrow_length_px = 64, arrow_gap_px = 6, arrow_half_width_px = 9;
constexpr double edge_px = 26;  // the arrow's tail keeps this far inside, room for its text
constexpr int arrow_directions = 32;
constexpr TextStyle small_text{.size = 14, .colour = colour::white};
constexpr TextStyle side_text{.size = 19, .bold = true, .align = Align::centre, .colour = colour::white};

}  // namespace

Panel::Panel(Canvas& canvas, const View& view, const Rect& place) : canvas_(canvas), view_(view) {
    const double width_mm = view.width * view.step_x_mm, height_mm = view.height * view.step_y_mm;
    const double scale = std::min(place.width / width_mm, place.height / height_mm);
    image_.width = std::round(width_mm * scale);
    image_.height = std::round(height_mm * scale);
    image_.x = std::round(place.x + (place.width - image_.width) / 2);
    image_.y = std::round(place.y + (place.height - image_.height) / 2);
    scale_x_ = image_.width / view.width;
    scale_y_ = image_.height / view.height;
    canvas_.image(view.grey, view.width, view.height, image_);
}

Point Panel::at(PixelPoint pixel) const {
    return {image_.x + (pixel.x + 0.5) * scale_x_, image_.y + (pixel.y + 0.5) * scale_y_};
}

bool Panel::is_free(const Rect& rect) const {
    return std::ranges::none_of(taken_, [&](const Rect& r) { return r.overlaps(rect); });
}

bool Panel::label(Point at, const std::string& text, const TextStyle& style) {
    const Rect extent = canvas_.extent(at, text, style);
    const bool in_image = image_.contains({extent.x, extent.y}) &&
                          image_.contains({extent.x + extent.width, extent.y + extent.height});
    if (!in_image || !is_free(extent)) return false;
    canvas_.text(at, text, style);
    taken_.push_back(extent);
    return true;
}

void Panel::corner_texts(const std::string& upper_left, const std::string& upper_right,
                         const std::string& lower_left) {
    const double left = image_.x + margin_px, right = image_.x + image_.width - margin_px;
    const double top = image_.y + margin_px + 11, bottom = image_.y + image_.height - margin_px;
    const auto corner = [&](Point at, const std::string& text, Align align) {
        TextStyle style = small_text;
        style.align = align;
        const Rect r = canvas_.extent(at, text, style);
        canvas_.shade({r.x - 4, r.y - 4, r.width + 8, r.height + 8});
        label(at, text, style);
    };
    corner({left, top}, upper_left, Align::left);
    corner({left, bottom}, lower_left, Align::left);
    corner({right, top}, upper_right, Align::right);
}

void Panel::side_marks(const char* left, const char* right, const char* top, const char* bottom) {
    const double middle_x = image_.x + image_.width / 2, middle_y = image_.y + image_.height / 2 + 7;
    label({image_.x + margin_px + 8, middle_y}, left, side_text);
    label({image_.x + image_.width - margin_px - 8, middle_y}, right, side_text);
    label({middle_x, image_.y + margin_px + 15}, top, side_text);
    label({middle_x, image_.y + image_.height - margin_px}, bottom, side_text);
}

void Panel::scale_bar() {
    const double px_a_mm = scale_x_ / view_.step_x_mm;
    const std::array<int, 4> lengths{50, 20, 10, 5};
    const auto fits = [&](int mm) { return mm * px_a_mm <= image_.width * 0.3; };
    const auto found = std::ranges::find_if(lengths, fits);
    const int mm = found == lengths.end() ? 1 : *found;
    const double right = image_.x + image_.width - margin_px - 4, left = right - mm * px_a_mm;
    const double y = image_.y + image_.height - margin_px - 4;
    canvas_.shade({left - 8, y - 30, right - left + 16, 37});
    for (const auto& [width, c] : {std::pair{4.6, Colour{0, 0, 0}}, std::pair{2.2, colour::white}}) {
        canvas_.line({{left, y}, {right, y}}, c, width);
        for (int tick = 0; tick <= 5; ++tick) {
            const double x = left + (right - left) * tick / 5, height = tick % 5 == 0 ? 9 : 5;
            canvas_.line({{x, y}, {x, y - height}}, c, width);
        }
    }
    TextStyle style = small_text;
    style.align = Align::right;
    canvas_.text({right, y - 14}, std::to_string(mm) + " mm", style);
    taken_.push_back({left - 4, y - 30, right - left + 8, 36});
}

void Panel::level_ticks(double y, Colour c) {
    constexpr double length = 22;
    if (y < image_.y || y > image_.y + image_.height) return;
    canvas_.line({{image_.x + 1, y}, {image_.x + length, y}}, c, 2);
    canvas_.line({{image_.x + image_.width - length, y}, {image_.x + image_.width - 1, y}}, c, 2);
    taken_.push_back({image_.x, y - 3, length, 6});
    taken_.push_back({image_.x + image_.width - length, y - 3, length, 6});
}

bool Panel::inside(const PixelMask& mask, int x, int y) const {
    return x >= 0 && y >= 0 && x < view_.width && y < view_.height &&
           mask.inside[static_cast<std::size_t>(y) * static_cast<std::size_t>(view_.width) +
                       static_cast<std::size_t>(x)] != 0;
}

void Panel::outline(std::size_t deposit, Colour c) {
    const auto& mask = view_.deposits[deposit];
    if (mask.count == 0) return;
    for (const auto& [a, b] : contour(mask.inside, view_.width, view_.height))
        canvas_.line({at(a), at(b)}, c, 1.5);
}

std::vector<Point> Panel::points_of(std::size_t deposit) const {
    std::vector<Point> points;
    for (int y = 0; y < view_.height; ++y)
        for (int x = 0; x < view_.width; ++x)
            if (inside(view_.deposits[deposit], x, y))
                points.push_back(at({static_cast<double>(x), static_cast<double>(y)}));
    return points;
}

// How bad it is to cover `p`: outside the image, on writing, on a deposit.
double Panel::cost_at(std::size_t deposit, Point p) const {
    const Rect allowed{image_.x + edge_px, image_.y + edge_px, image_.width - 2 * edge_px,
                       image_.height - 2 * edge_px};
    double cost = allowed.contains(p) ? 0 : 4;
    if (!is_free({p.x - 6, p.y - 6, 12, 12})) cost += 3;
    const int x = static_cast<int>((p.x - image_.x) / scale_x_),
              y = static_cast<int>((p.y - image_.y) / scale_y_);
    for (std::size_t d = 0; d < view_.deposits.size(); ++d)
        if (inside(view_.deposits[d], x, y)) cost += d == deposit ? 4 : 2;
    return cost;
}

Panel::Placed Panel::place_arrow(std::size_t deposit, const std::vector<Point>& points, Point centre,
                                 Point out) const {
    const double reach_x = scale_x_ / 2, reach_y = scale_y_ / 2;
    double farthest = 0;
    for (const auto& p : points) {
        const double along = (p.x - centre.x) * out.x + (p.y - centre.y) * out.y;
        const double aside = (p.x - centre.x) * out.y - (p.y - centre.y) * out.x;
        if (std::abs(aside) <= arrow_half_width_px + std::max(reach_x, reach_y))
            farthest = std::max(farthest, along);
    }
    const double start = farthest + std::max(reach_x, reach_y) + arrow_gap_px;
    Placed placed;
    placed.tip = {centre.x + out.x * start, centre.y + out.y * start};
    placed.tail = {placed.tip.x + out.x * arrow_length_px, placed.tip.y + out.y * arrow_length_px};
    constexpr int samples = 10;
    for (int s = 0; s <= samples; ++s) {
        const double t = static_cast<double>(s) / samples * (1 + 18 / arrow_length_px);  // and its text
        placed.cost += cost_at(deposit, {placed.tip.x + (placed.tail.x - placed.tip.x) * t,
                                         placed.tip.y + (placed.tail.y - placed.tip.y) * t});
    }
    return placed;
}

void Panel::arrow(std::size_t deposit, Point preferred, const std::string& text,
                  const std::string& short_text) {
    const auto points = points_of(deposit);
    if (points.empty()) return;
    Point centre;
    for (const auto& p : points) {
        centre.x += p.x / static_cast<double>(points.size());
        centre.y += p.y / static_cast<double>(points.size());
    }
    const double wanted = std::atan2(preferred.y, preferred.x);
    Placed best;
    best.cost = 1e9;
    for (int d = 0; d < arrow_directions; ++d) {
        const double turn = 2 * std::numbers::pi * d / arrow_directions;
        const Point out{std::cos(wanted + turn), std::sin(wanted + turn)};
        auto placed = place_arrow(deposit, points, centre, out);
        placed.cost += 3 * (1 - std::cos(turn));
        if (placed.cost < best.cost - 1e-9) best = placed;
    }
    canvas_.arrow(best.tail, best.tip, colour::mark);
    taken_.push_back({std::min(best.tail.x, best.tip.x), std::min(best.tail.y, best.tip.y),
                      std::abs(best.tail.x - best.tip.x), std::abs(best.tail.y - best.tip.y)});
    label_arrow(best, text, short_text);
}

// In the arrow's direction beyond its tail, else above or below the tail.
void Panel::label_arrow(const Placed& placed, const std::string& text, const std::string& short_text) {
    const Point tail = placed.tail;
    const double length = std::hypot(tail.x - placed.tip.x, tail.y - placed.tip.y);
    const Point away{(tail.x - placed.tip.x) / length, (tail.y - placed.tip.y) / length};
    TextStyle style{.size = 17, .bold = true, .colour = colour::mark};
    for (const auto& words : {text, short_text}) {
        style.align = away.x > 0.4 ? Align::left : away.x < -0.4 ? Align::right : Align::centre;
        if (label({tail.x + away.x * 8, tail.y + away.y * 16 + 6}, words, style)) return;
        style.align = Align::centre;
        if (label({tail.x, tail.y - 14}, words, style)) return;
        if (label({tail.x, tail.y + 26}, words, style)) return;
    }
}

void Panel::number(std::size_t deposit, const std::string& text) {
    const auto points = points_of(deposit);
    if (points.empty()) return;
    Rect box{points[0].x, points[0].y, 0, 0};
    for (const auto& p : points) {
        const double right = std::max(box.x + box.width, p.x), bottom = std::max(box.y + box.height, p.y);
        box.x = std::min(box.x, p.x);
        box.y = std::min(box.y, p.y);
        box.width = right - box.x;
        box.height = bottom - box.y;
    }
    const double middle_y = box.y + box.height / 2 + 6, middle_x = box.x + box.width / 2;
    TextStyle style{.size = 16, .bold = true, .colour = colour::mark};
    if (label({box.x + box.width + 8, middle_y}, text, style)) return;
    style.align = Align::right;
    if (label({box.x - 8, middle_y}, text, style)) return;
    style.align = Align::centre;
    if (label({middle_x, box.y - 8}, text, style)) return;
    label({middle_x, box.y + box.height + 20}, text, style);
}

}  // namespace calcinode::report
