#include "analysis/spine/canal_stretch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

constexpr double evidence_window_mm = 12;  // half a vertebra: arches alternate with gaps
constexpr double enough_evidence = 0.22;
// Measured on 28 necks, a chest and an abdomen: within the spine up to 24 degrees between two stretches of 16
// mm, at the foramen magnum, where the path goes on along the skull, 25 to 60; at the sacrum, to the
// back, 33.
constexpr double turn_arm_mm = 16, sharpest_turn_deg = 28, sharpest_lumbosacral_deg = 60;
constexpr double lumbosacral_above_mm = 80;
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

// The longest stretch with enough evidence all along: [first, last).
std::pair<std::size_t, std::size_t> best_stretch(const std::vector<double>& evidence) {
    std::pair<std::size_t, std::size_t> best{0, 0};
    double best_sum = 0;
    for (std::size_t k = 0; k < evidence.size();) {
        if (evidence[k] < enough_evidence) {
            ++k;
            continue;
        }
        const std::size_t first = k;
        double sum = 0;
        while (k < evidence.size() && evidence[k] >= enough_evidence) sum += evidence[k++];
        if (sum > best_sum) best = {first, k}, best_sum = sum;
    }
    return best;
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
    std::size_t start = 0;
    double sharpest = 0;
    for (std::size_t n = arm; n + arm < line.size(); ++n) {
        const Vec3 before = line[n].centre - line[n - arm].centre;
        const Vec3 after = line[n + arm].centre - line[n].centre;
        const double angle = degrees_between(before, after);
        const Vec3 turn = unit(after) - unit(before);
        const bool to_the_back = turn.y > 0.8 * norm(turn);
        const bool long_spine_above = static_cast<double>(n - start) * height_mm > lumbosacral_above_mm;
        const double limit = to_the_back && long_spine_above ? sharpest_lumbosacral_deg : sharpest_turn_deg;
        if (angle < limit) {
            sharpest = 0;
        } else if (sharpest == 0) {
            turns.push_back(n), sharpest = angle, start = n;
        } else if (angle > sharpest) {
            turns.back() = n, sharpest = angle, start = n;
        }
    }
    return turns;
}

// The part between two sharp turns with the most evidence.
std::vector<CanalPoint> without_turns(const std::vector<CanalPoint>& line, double height_mm) {
    auto cuts = sharp_turns(line, height_mm);
    cuts.push_back(line.size());
    std::size_t first = 0, best_first = 0, best_last = 0;
    double best = -1;
    for (const auto last : cuts) {
        double sum = 0;
        for (std::size_t n = first; n < last; ++n) sum += line[n].enclosed;
        if (sum > best) best = sum, best_first = first, best_last = last;
        first = last;
    }
    // Close to a turn the line already leans to the wrong side.
    const auto lean = static_cast<std::size_t>(leaning_mm / height_mm);
    const auto length = best_last - best_first;
    if (best_first > 0 && length > 3 * lean) best_first += lean;
    if (best_last < line.size() && length > 3 * lean) best_last -= lean;
    return {line.begin() + static_cast<std::ptrdiff_t>(best_first),
            line.begin() + static_cast<std::ptrdiff_t>(best_last)};
}

}  // namespace

std::vector<CanalPoint> canal_stretch(const std::vector<CanalPoint>& points, double height_mm) {
    const auto [first, last] = best_stretch(window_means(points, evidence_window_mm / height_mm));
    if (static_cast<double>(last - first) * height_mm < shortest_mm) return {};
    const std::vector<CanalPoint> stretch(points.begin() + static_cast<std::ptrdiff_t>(first),
                                          points.begin() + static_cast<std::ptrdiff_t>(last));
    auto line = smooth(stretch, height_mm);
    std::ranges::reverse(line);  // slices stand foot end first
    return without_turns(line, height_mm);
}

}  // namespace calcinode::spine
