#include "report/panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "report/contour.hpp"
#include "report/resample.hpp"

namespace calcinode::report {
namespace {

constexpr double inset_px = 10, line_height_px = 20;
constexpr double bright_ground = 0.4;  // coloured writing does not read on more, even with its rim
constexpr TextStyle small_text{.size = 15, .colour = colour::white};
constexpr TextStyle side_text{.size = 21, .bold = true, .align = Align::centre, .colour = colour::white};

int whole(double px) {
    return static_cast<int>(std::lround(px));
}

}  // namespace

double fitting_scale(const View& view, const Rect& place) {
    return std::min(place.width / (view.width * view.step_x_mm),
                    place.height / (view.height * view.step_y_mm));
}

Panel::Panel(Canvas& canvas, const View& view, const Rect& place, double px_a_mm)
    : canvas_(canvas), view_(view), px_a_mm_(px_a_mm) {
    image_.width = std::max(1, whole(view.width * view.step_x_mm * px_a_mm));
    image_.height = std::max(1, whole(view.height * view.step_y_mm * px_a_mm));
    image_.x = std::round(place.x + (place.width - image_.width) / 2);
    image_.y = std::round(place.y + (place.height - image_.height) / 2);
    scale_x_ = image_.width / view.width;
    scale_y_ = image_.height / view.height;
    for (const float hu :
         resampled(view.hu, view.width, view.height, whole(image_.width), whole(image_.height)))
        grey_.push_back(windowed(hu, view.window));
    canvas_.image(grey_, whole(image_.width), whole(image_.height), whole(image_.x), whole(image_.y));
}

Point Panel::at(PixelPoint pixel) const {
    return {image_.x + (pixel.x + 0.5) * scale_x_, image_.y + (pixel.y + 0.5) * scale_y_};
}

double Panel::brightness(Point p) const {
    const int x = std::clamp(static_cast<int>(p.x - image_.x), 0, whole(image_.width) - 1);
    const int y = std::clamp(static_cast<int>(p.y - image_.y), 0, whole(image_.height) - 1);
    return grey_[static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
                 static_cast<std::size_t>(x)] /
           255.0;
}

double Panel::brightness_of(const Rect& rect) const {
    double sum = 0;
    int count = 0;
    for (double y = rect.y; y <= rect.y + rect.height; y += 3)
        for (double x = rect.x; x <= rect.x + rect.width; x += 3, ++count) sum += brightness({x, y});
    return count > 0 ? sum / count : 0;
}

bool Panel::is_in_target(std::size_t target, Point p) const {
    if (!image_.contains(p)) return false;
    const int x = std::min(static_cast<int>((p.x - image_.x) / scale_x_), view_.width - 1);
    const int y = std::min(static_cast<int>((p.y - image_.y) / scale_y_), view_.height - 1);
    return view_.targets[target].inside[view_.pixel(x, y)] != 0;
}

bool Panel::covers_target(const Rect& rect) const {
    const double step_x = std::max(1.0, std::min(scale_x_, rect.width / 2));
    const double step_y = std::max(1.0, std::min(scale_y_, rect.height / 2));
    for (std::size_t t = 0; t < view_.targets.size(); ++t) {
        if (view_.targets[t].count == 0) continue;
        for (double y = rect.y; y <= rect.y + rect.height; y += step_y)
            for (double x = rect.x; x <= rect.x + rect.width; x += step_x)
                if (is_in_target(t, {x, y})) return true;
    }
    return false;
}

bool Panel::is_free(const Rect& rect) const {
    return std::ranges::none_of(taken_, [&](const Rect& r) { return r.overlaps(rect); });
}

bool Panel::label(Point at, const std::string& text, const TextStyle& style) {
    const Rect extent = canvas_.extent(at, text, style);
    if (!image_.contains(extent) || !is_free(extent) || covers_target(extent)) return false;
    if (brightness_of(extent) > bright_ground) canvas_.shade(extent);
    canvas_.text(at, text, style);
    take(extent);
    return true;
}

void Panel::corner_texts(const std::string& upper_left, const std::string& upper_right,
                         const std::vector<std::string>& lower_left) {
    const double left = image_.x + inset_px, right = image_.x + image_.width - inset_px;
    const double top = image_.y + inset_px + 11, bottom = image_.y + image_.height - inset_px;
    const auto corner = [&](Point at, const std::string& text, TextStyle style) {
        const Rect r = canvas_.extent(at, text, style);
        if (text.empty() || !image_.contains(r) || !is_free(r)) return;
        canvas_.shade({r.x - 4, r.y - 3, r.width + 8, r.height + 6});
        canvas_.text(at, text, style);
        take({r.x - 4, r.y - 3, r.width + 8, r.height + 6});
    };
    TextStyle style = small_text;
    style.bold = true;
    corner({left, top}, upper_left, style);
    style.bold = false;
    double y = bottom - line_height_px * (static_cast<double>(lower_left.size()) - 1);
    for (const auto& text : lower_left) {
        corner({left, y}, text, style);
        y += line_height_px;
    }
    style.align = Align::right;
    corner({right, top}, upper_right, style);
}

void Panel::side_marks(const std::string& left, const std::string& right, const std::string& top,
                       const std::string& bottom) {
    const double middle_x = image_.x + image_.width / 2, middle_y = image_.y + image_.height / 2 + 7;
    const auto at_side = [&](double x, const std::string& text, Align align) {
        TextStyle style = side_text;
        style.align = align;
        for (const double aside : {0.0, -30.0, 30.0})  // a tick may be where it belongs
            if (label({x, middle_y + aside}, text, style)) return;
    };
    at_side(image_.x + inset_px, left, Align::left);
    at_side(image_.x + image_.width - inset_px, right, Align::right);
    label({middle_x, image_.y + inset_px + 16}, top, side_text);
    label({middle_x, image_.y + image_.height - inset_px}, bottom, side_text);
}

void Panel::scale_bar() {
    const std::array<int, 4> lengths{50, 20, 10, 5};
    const auto fits = [&](int mm) { return mm * px_a_mm_ <= image_.width * 0.36; };
    const auto found = std::ranges::find_if(lengths, fits);
    const int mm = found == lengths.end() ? 1 : *found;
    const double right = image_.x + image_.width - inset_px - 4, left = right - mm * px_a_mm_;
    const double y = image_.y + image_.height - inset_px - 3;
    const Rect ground{left - 8, y - 32, right - left + 16, 39};
    canvas_.shade(ground);
    for (const auto& [width, c] : {std::pair{4.6, colour::black}, std::pair{2.2, colour::white}}) {
        canvas_.line({{left, y}, {right, y}}, c, width);
        for (int tick = 0; tick <= 5; ++tick) {
            const double x = left + (right - left) * tick / 5, height = tick % 5 == 0 ? 9 : 5;
            canvas_.line({{x, y}, {x, y - height}}, c, width);
        }
    }
    TextStyle style = small_text;
    style.align = Align::right;
    canvas_.text({right, y - 15}, std::to_string(mm) + " mm", style);
    take(ground);
}

void Panel::height_ticks(double y, Colour c) {
    constexpr double length = 22, rim = 2.4;
    if (y < image_.y || y > image_.y + image_.height) return;
    const double right = image_.x + image_.width;
    for (const auto& [from, to] :
         {std::pair{image_.x + 2, image_.x + length}, std::pair{right - length, right - 2}}) {
        canvas_.line({{from, y}, {to, y}}, colour::black, 2 + rim);
        canvas_.line({{from, y}, {to, y}}, c, 2);
        take({from - rim, y - 4, to - from + 2 * rim, 8});
    }
}

void Panel::outline(std::size_t target, Colour c, double width) {
    const auto& mask = view_.targets[target];
    if (mask.count == 0) return;
    std::vector<Segment> segments;
    for (const auto& [a, b] :
         contour(without_holes(mask.inside, view_.width, view_.height), view_.width, view_.height))
        segments.push_back({at(a), at(b)});
    canvas_.segments(segments, c, width);
}

}  // namespace calcinode::report
