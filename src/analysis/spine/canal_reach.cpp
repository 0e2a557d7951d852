#include "analysis/spine/canal_reach.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <ranges>
#include <tuple>

namespace calcinode::spine {
namespace {

constexpr double step_mm = 2.5;
constexpr double farthest_mm = 75;   // from the last lumbar disc to the third sacral vertebra
constexpr double direction_mm = 16;  // the line's end whose direction is followed at first
// Between two steps, to the back. A lumbosacral bend of 60 degrees takes some 40 mm; no other turn is as
// sharp, at either end.
constexpr std::array<double, 4> turns_deg{-4, 0, 4, 8};
constexpr std::array<double, 3> sideways_turns_deg{-4, 0, 4};
constexpr double sharpest_at_head_deg = 4, head_turn_cost_factor = 3;
constexpr double turn_cost = 0.0015, sideways_cost = 0.006;  // of a turn's square, in degrees
constexpr double recentre = 0.5;                             // of the shift to the middle, a step
// A root canal of the sacrum leads to the side.
constexpr double largest_shift_mm = 1.2, largest_sideways_shift_mm = 0.4;
// What each step must bring: below it the canal is not worth following. A disc or an open arch takes three
// steps at most.
constexpr double worth = 0.16;
constexpr std::size_t beam = 48;            // ways that are followed at once
constexpr double same_place_mm = 2;         // two ways that are this close
constexpr double same_direction = 0.12;     // and alike are one
constexpr double most_horizontal_deg = 75;  // a sacrum that lies flatter is not followed

struct Way {
    LpsPoint at;
    Vec3 forward;      // of travel
    double total = 0;  // what it brought so far
    int previous = -1;
    Enclosure enclosure;
};

PlaneAxes plane_axes(Vec3 forward, End end) {
    return plane_across(end == End::foot ? forward : forward * -1);
}

Vec3 turned(Vec3 forward, Vec3 to, double degrees) {
    const double angle = degrees * std::numbers::pi / 180;
    return unit(forward * std::cos(angle) + to * std::sin(angle));
}

bool in_grid(const Grid& grid, LpsPoint p) {
    const Vec3 at = grid.to_index(p);
    return at.x >= 0 && at.y >= 0 && at.z >= 0 && at.x <= grid.size[0] - 1 && at.y <= grid.size[1] - 1 &&
           at.z <= grid.size[2] - 1;
}

class Search {
  public:
    Search(const Volume& coarse, const EnclosureFinder& enclosures, End end)
        : coarse_(coarse), enclosures_(enclosures), end_(end) {}

    std::vector<CanalPoint> run(LpsPoint from, Vec3 forward) {
        ways_.push_back({from, forward, 0, -1, {}});
        int best = 0;
        std::vector<int> front{0};
        for (double far = step_mm; far <= farthest_mm && !front.empty(); far += step_mm) {
            std::vector<Way> next;
            for (const int from_way : front) branch(from_way, next);
            std::ranges::sort(next, std::greater{}, &Way::total);
            front = keep(next);
            if (!front.empty() && way(front[0]).total > way(best).total) best = front[0];
        }
        std::vector<CanalPoint> points;
        for (int n = best; n > 0; n = way(n).previous)
            points.push_back({way(n).at, way(n).enclosure.radius_mm, way(n).enclosure.score});
        std::ranges::reverse(points);
        return points;
    }

  private:
    const Way& way(int n) const { return ways_[static_cast<std::size_t>(n)]; }

    void branch(int from, std::vector<Way>& next) const {
        const Way& last = way(from);
        const PlaneAxes axes = plane_axes(last.forward, end_);
        for (const double turn : turns_deg) {
            if (end_ == End::head && turn > sharpest_at_head_deg) continue;
            for (const double sideways : sideways_turns_deg) {
                const Vec3 forward = turned(turned(last.forward, axes.back, turn), axes.left, sideways);
                if (std::abs(forward.z) < std::cos(most_horizontal_deg * std::numbers::pi / 180)) continue;
                LpsPoint at = last.at + forward * step_mm;
                if (!in_grid(coarse_.grid, at)) continue;
                const PlaneAxes plane = plane_axes(forward, end_);
                const auto enclosure = enclosures_.in_plane(at, plane);
                const auto shift = [](float mm, double largest_mm) {
                    return std::clamp(recentre * static_cast<double>(mm), -largest_mm, largest_mm);
                };
                at = at + plane.left * shift(enclosure.shift_x_mm, largest_sideways_shift_mm) +
                     plane.back * shift(enclosure.shift_y_mm, largest_shift_mm);
                const double factor = end_ == End::head ? head_turn_cost_factor : 1;
                const double cost = factor * turn_cost * turn * turn + sideways_cost * sideways * sideways;
                next.push_back({at, forward, last.total + static_cast<double>(enclosure.score) - worth - cost,
                                from, enclosure});
            }
        }
    }

    // The best of the ways, one of those that are nearly the same.
    std::vector<int> keep(const std::vector<Way>& next) {
        std::vector<int> kept;
        for (const auto& candidate : next) {
            if (kept.size() == beam) break;
            const bool known = std::ranges::any_of(kept, [&](int n) {
                return distance(way(n).at, candidate.at) < same_place_mm &&
                       distance(way(n).forward, candidate.forward) < same_direction;
            });
            if (known) continue;
            kept.push_back(static_cast<int>(ways_.size()));
            ways_.push_back(candidate);
        }
        return kept;
    }

    const Volume& coarse_;
    const EnclosureFinder& enclosures_;
    End end_;
    std::vector<Way> ways_;
};

}  // namespace

std::vector<CanalPoint> beyond(const Volume& coarse, const EnclosureFinder& enclosures,
                               const std::vector<CanalPoint>& line, End end) {
    const auto& last = end == End::foot ? line.back() : line.front();
    Vec3 forward{};
    const auto away = [&](const CanalPoint& point) {
        if (norm(forward) < direction_mm) forward = last.centre - point.centre;
    };
    if (end == End::foot)
        for (const auto& point : line | std::views::reverse) away(point);
    else
        std::ranges::for_each(line, away);
    if (norm(forward) == 0) return {};
    return Search(coarse, enclosures, end).run(last.centre, unit(forward));
}

}  // namespace calcinode::spine
