#include "report/callouts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace calcinode::report {
namespace {

constexpr int directions = 32;
constexpr std::array<double, 3> arrow_lengths_px{60, 90, 130};
constexpr double arrow_gap_px = 5, arrow_half_width_px = 9;
constexpr std::array<double, 7> number_distances_px{4, 16, 32, 52, 78, 110, 150};
constexpr double samples_px = 6;  // apart, where costs are looked at

// Costs, in units of "one sample covers bright bone".
constexpr double outside_cost = 12, writing_cost = 8, other_target_cost = 15, own_target_cost = 9;
constexpr double turn_cost = 3, longer_cost = 1.0 / 40, badge_weight = 3;

// A target as an image shows it, on the canvas.
struct Shape {
    std::vector<Point> edge;
    Point centre;
    double reach = 0;  // half a voxel

    // The farthest that it goes in a direction, within a stroke of some width.
    double extent(Point out, double half_width) const {
        double farthest = 0;
        for (const auto& p : edge) {
            const double along = (p.x - centre.x) * out.x + (p.y - centre.y) * out.y;
            const double aside = (p.x - centre.x) * out.y - (p.y - centre.y) * out.x;
            if (std::abs(aside) <= half_width + reach) farthest = std::max(farthest, along);
        }
        return farthest + reach;
    }
};

std::optional<Shape> shape_of(const Panel& panel, std::size_t target) {
    const auto& view = panel.view();
    const auto& mask = view.targets[target];
    if (mask.count == 0) return std::nullopt;
    const auto in = [&](int x, int y) {
        return x >= 0 && y >= 0 && x < view.width && y < view.height && mask.inside[view.pixel(x, y)] != 0;
    };
    Shape shape;
    double sum_x = 0, sum_y = 0;
    for (int y = 0; y < view.height; ++y)
        for (int x = 0; x < view.width; ++x) {
            if (!in(x, y)) continue;
            sum_x += x;
            sum_y += y;
            if (in(x - 1, y) && in(x + 1, y) && in(x, y - 1) && in(x, y + 1)) continue;
            shape.edge.push_back(panel.at({static_cast<double>(x), static_cast<double>(y)}));
        }
    shape.centre = panel.at({sum_x / mask.count, sum_y / mask.count});
    shape.reach = std::max(view.step_x_mm, view.step_y_mm) * panel.px_a_mm() / 2;
    return shape;
}

Rect badge_rect(Point centre) {
    return {centre.x - badge_radius_px, centre.y - badge_radius_px, 2 * badge_radius_px, 2 * badge_radius_px};
}

// How bad it is to cover a place.
double cost_at(const Panel& panel, std::size_t target, Point p) {
    if (!panel.image().contains(p)) return outside_cost;
    double cost = panel.brightness(p);
    if (!panel.is_free({p.x - 3, p.y - 3, 6, 6})) cost += writing_cost;
    for (std::size_t t = 0; t < panel.view().targets.size(); ++t)
        if (panel.is_in_target(t, p)) cost += t == target ? own_target_cost : other_target_cost;
    return cost;
}

double badge_cost(const Panel& panel, std::size_t target, Point centre) {
    const Rect rect = badge_rect(centre);
    if (!panel.image().contains(rect) || !panel.is_free(rect)) return outside_cost * 4;
    double cost = cost_at(panel, target, centre);
    if (panel.covers_target(rect)) cost += own_target_cost;
    for (int corner = 0; corner < 4; ++corner)
        cost += cost_at(panel, target,
                        {rect.x + (corner & 1 ? rect.width : 0), rect.y + (corner & 2 ? rect.height : 0)});
    return cost / 5 * badge_weight;
}

double line_cost(const Panel& panel, std::size_t target, Point from, Point to) {
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    const int samples = std::max(2, static_cast<int>(std::lround(length / samples_px)));
    double cost = 0;
    for (int s = 0; s <= samples; ++s) {
        const double t = static_cast<double>(s) / samples;
        cost += cost_at(panel, target, {from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t});
    }
    return cost;
}

// A number and the line from it to its target.
struct Placed {
    Point tip, tail, badge;
    double cost = std::numeric_limits<double>::max();
};

Point along(Point from, Point out, double length) {
    return {from.x + out.x * length, from.y + out.y * length};
}

Rect box_around(Point a, Point b, double margin) {
    return {std::min(a.x, b.x) - margin, std::min(a.y, b.y) - margin, std::abs(a.x - b.x) + 2 * margin,
            std::abs(a.y - b.y) + 2 * margin};
}

}  // namespace

void point_at(Panel& panel, std::size_t target, Point preferred, const std::string& number) {
    const auto shape = shape_of(panel, target);
    if (!shape) return;
    const double wanted = std::atan2(preferred.y, preferred.x);
    Placed best;
    for (int d = 0; d < directions; ++d) {
        const double turn = 2 * std::numbers::pi * d / directions;
        const Point out{std::cos(wanted + turn), std::sin(wanted + turn)};
        const double start = shape->extent(out, arrow_half_width_px) + arrow_gap_px;
        for (const double length : arrow_lengths_px) {
            Placed placed;
            placed.tip = along(shape->centre, out, start);
            placed.tail = along(placed.tip, out, length);
            placed.badge = along(placed.tail, out, badge_radius_px);
            placed.cost = turn_cost * (1 - std::cos(turn)) + longer_cost * length +
                          line_cost(panel, target, placed.tip, placed.tail) +
                          badge_cost(panel, target, placed.badge);
            if (placed.cost < best.cost - 1e-9) best = placed;
        }
    }
    panel.canvas().arrow(best.tail, best.tip, colour::mark);
    panel.canvas().badge(best.badge, number, colour::mark, true);
    panel.take(box_around(best.tail, best.tip, 2));
    panel.take(badge_rect(best.badge));
}

void put_number(Panel& panel, std::size_t target, const std::string& number) {
    const auto shape = shape_of(panel, target);
    if (!shape) return;
    Placed best;
    for (int d = 0; d < directions; ++d) {
        const double angle = 2 * std::numbers::pi * d / directions;
        const Point out{std::cos(angle), std::sin(angle)};
        const double start = shape->extent(out, badge_radius_px / 2);
        for (const double distance : number_distances_px) {
            Placed placed;
            placed.tip = along(shape->centre, out, start);
            placed.tail = along(placed.tip, out, distance);
            placed.badge = along(placed.tail, out, badge_radius_px);
            placed.cost = longer_cost * distance + badge_cost(panel, target, placed.badge) +
                          line_cost(panel, target, placed.tip, placed.tail) / 3;
            if (placed.cost < best.cost - 1e-9) best = placed;
        }
    }
    if (!panel.image().contains(badge_rect(best.badge)) || !panel.is_free(badge_rect(best.badge))) return;
    if (std::hypot(best.tail.x - best.tip.x, best.tail.y - best.tip.y) > badge_radius_px)
        panel.canvas().segments({{best.tail, best.tip}}, colour::mark, 1.2);
    panel.canvas().badge(best.badge, number, colour::mark, false);
    panel.take(badge_rect(best.badge));
}

}  // namespace calcinode::report
