#include "analysis/spine/canal_stretch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

constexpr double evidence_window_mm = 12;  // half a vertebra: arches alternate with gaps
constexpr double enough_evidence = 0.22;
// Measured on 28 necks, a chest and an abdomen: within the spine up to 24 degrees between two stretches of 16
// mm, at the foramen magnum, where the path goes on along the skull, 25 to 60; at the sacrum 33.
constexpr double turn_arm_mm = 16, sharpest_turn_deg = 28;
constexpr double leaning_mm = 8;
constexpr double smoothing_mm = 6;
constexpr double shortest_mm = 20;  // one vertebra: what lies beyond the ends is looked for afterwards

std::vector<double> window_means(const std::vector<CanalPoint>& points, double half_window) {
    std::vector<double> means;
    const int n = static_cast<int>(points.size()), half = std::max(1, static_cast<int>(half_window));
    for (int k = 0; k < n; ++k) {
        double sum = 0;
        const int low = std::max(0, k - half), high = std::min(n - 1, k + half);
        for (int q = low; q <= high; ++q) sum += points[static_cast<std::size_t>(q)].enclosed;
        means.push_back(sum / (high - low + 1));
    }
    return means;
}

using Range = std::pair<std::size_t, std::size_t>;  // [first, last)

// The stretches with enough evidence all along.
std::vector<Range> stretches(const std::vector<double>& evidence) {
    std::vector<Range> found;
    for (std::size_t k = 0; k < evidence.size();) {
        const std::size_t first = k;
        while (k < evidence.size() && evidence[k] >= enough_evidence) ++k;
        if (k > first)
            found.emplace_back(first, k);
        else
            ++k;
    }
    return found;
}

// Gaussian smoothing along the line, each point weighted by its evidence.
std::vector<CanalPoint> smooth(const std::vector<CanalPoint>& points, double height_mm) {
    std::vector<CanalPoint> out = points;
    const int n = static_cast<int>(points.size());
    const int reach = static_cast<int>(3 * smoothing_mm / height_mm);
    for (int k = 0; k < n; ++k) {
        // A symmetric window: at the ends a one-sided one would pull the line inwards along its slope.
        const int span = std::min({reach, k, n - 1 - k});
        Vec3 sum{};
        double radius = 0, weights = 0;
        for (int d = -span; d <= span; ++d) {
            const auto& p = points[static_cast<std::size_t>(k + d)];
            const double t = d * height_mm / smoothing_mm;
            const double w = std::exp(-0.5 * t * t) * (0.02 + p.enclosed);
            sum = sum + p.centre * w;
            radius += p.radius_mm * w;
            weights += w;
        }
        auto& q = out[static_cast<std::size_t>(k)];
        // Height stays: the weights would shift points along the line otherwise.
        const Vec3 mean = sum * (1 / weights);
        q.centre = {mean.x, mean.y, q.centre.z};
        q.radius_mm = radius / weights;
    }
    return out;
}

double degrees_between(Vec3 a, Vec3 b) {
    return std::acos(std::clamp(dot(unit(a), unit(b)), -1.0, 1.0)) * 180 / std::numbers::pi;
}

// Where the line can't be a spine's: it turns more sharply than a spine does. `line` from head to foot.
std::vector<std::size_t> sharp_turns(const std::vector<CanalPoint>& line, double height_mm) {
    const auto arm = static_cast<std::size_t>(turn_arm_mm / height_mm);
    std::vector<std::size_t> turns;
    double sharpest = 0;
    for (std::size_t n = arm; n + arm < line.size(); ++n) {
        const double angle =
            degrees_between(line[n].centre - line[n - arm].centre, line[n + arm].centre - line[n].centre);
        if (angle < sharpest_turn_deg) {
            sharpest = 0;
        } else if (sharpest == 0) {
            turns.push_back(n), sharpest = angle;
        } else if (angle > sharpest) {
            turns.back() = n, sharpest = angle;
        }
    }
    return turns;
}

// The parts between sharp turns. Close to a turn the line already leans to the wrong side.
void add_parts(const std::vector<CanalPoint>& line, double height_mm,
               std::vector<std::vector<CanalPoint>>& parts) {
    const auto lean = static_cast<std::size_t>(leaning_mm / height_mm);
    auto cuts = sharp_turns(line, height_mm);
    cuts.push_back(line.size());
    std::size_t first = 0;
    for (const auto cut : cuts) {
        std::size_t last = cut;
        if (static_cast<double>(last - first) * height_mm >= shortest_mm + 2 * leaning_mm) {
            if (first > 0) first += lean;
            if (last < line.size()) last -= lean;
        }
        if (static_cast<double>(last - first) * height_mm >= shortest_mm)
            parts.emplace_back(line.begin() + static_cast<std::ptrdiff_t>(first),
                               line.begin() + static_cast<std::ptrdiff_t>(last));
        first = cut;
    }
}

}  // namespace

std::vector<std::vector<CanalPoint>> canal_stretches(const std::vector<CanalPoint>& points,
                                                     double height_mm) {
    std::vector<std::vector<CanalPoint>> parts;
    for (const auto& [first, last] : stretches(window_means(points, evidence_window_mm / height_mm))) {
        const std::vector<CanalPoint> stretch(points.begin() + static_cast<std::ptrdiff_t>(first),
                                              points.begin() + static_cast<std::ptrdiff_t>(last));
        auto line = smooth(stretch, height_mm);
        std::ranges::reverse(line);  // slices stand foot end first
        add_parts(line, height_mm, parts);
    }
    return parts;
}

}  // namespace calcinode::spine
