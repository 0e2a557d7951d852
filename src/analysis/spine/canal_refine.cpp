#include "analysis/spine/canal_refine.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::spine {
namespace {

constexpr double direction_mm = 10;  // to either side of a point, for the line's direction there
constexpr double largest_shift_mm = 6;
constexpr double smoothing_mm = 6;
constexpr double least_weight = 0.002;  // of a point that no bone is around

struct Measured {
    Vec3 centre;
    double along_mm = 0;              // of the line, from its head end
    double radius_mm = 0, score = 0;  // as in a CanalPoint
    double weight_x = 0, weight_y = 0, weight_radius = 0;
};

std::vector<double> lengths(const std::vector<CanalPoint>& line) {
    std::vector<double> along{0};
    for (std::size_t n = 1; n < line.size(); ++n)
        along.push_back(along.back() + distance(line[n - 1].centre, line[n].centre));
    return along;
}

Vec3 down_at(const std::vector<CanalPoint>& line, const std::vector<double>& along, std::size_t n) {
    std::size_t low = n, high = n;
    while (low > 0 && along[n] - along[low] < direction_mm) --low;
    while (high + 1 < line.size() && along[high] - along[n] < direction_mm) ++high;
    return unit(line[high].centre - line[low].centre);
}

std::vector<Measured> measure(const EnclosureFinder& enclosures, const std::vector<CanalPoint>& line) {
    const auto along = lengths(line);
    const auto limit = [](float mm) {
        return std::clamp(static_cast<double>(mm), -largest_shift_mm, largest_shift_mm);
    };
    std::vector<Measured> measured;
    for (std::size_t n = 0; n < line.size(); ++n) {
        const auto axes = plane_across(down_at(line, along, n));
        const auto e = enclosures.in_plane(line[n].centre, axes);
        const double score = e.score;
        measured.push_back(
            {line[n].centre + axes.left * limit(e.shift_x_mm) + axes.back * limit(e.shift_y_mm), along[n],
             e.radius_mm, score, least_weight + score * e.sure_x * e.sure_x,
             least_weight + score * e.sure_y * e.sure_y, score});
    }
    return measured;
}

// Weighted sums for a straight line through values near a place: its value at the place.
struct LineFit {
    double w = 0, wt = 0, wtt = 0, wv = 0, wtv = 0;
    void add(double weight, double t, double value) {
        w += weight, wt += weight * t, wtt += weight * t * t;
        wv += weight * value, wtv += weight * t * value;
    }
    double at_zero() const {
        // Held back a little: two points close together say nothing of a slope.
        const double spread = wtt * w - wt * wt + 0.05 * smoothing_mm * smoothing_mm * w * w;
        const double slope = (w * wtv - wt * wv) / spread;
        return (wv - slope * wt) / w;
    }
};

std::vector<CanalPoint> once(const EnclosureFinder& enclosures, const std::vector<CanalPoint>& line) {
    const auto measured = measure(enclosures, line);
    std::vector<CanalPoint> smooth;
    for (const auto& here : measured) {
        LineFit x, y, z;
        double radius = 0, radius_weight = 0;
        for (const auto& m : measured) {
            const double t = m.along_mm - here.along_mm;
            if (std::abs(t) > 3 * smoothing_mm) continue;
            const double near = std::exp(-0.5 * t * t / (smoothing_mm * smoothing_mm));
            x.add(near * m.weight_x, t, m.centre.x);
            y.add(near * m.weight_y, t, m.centre.y);
            z.add(near, t, m.centre.z);
            radius += near * m.weight_radius * m.radius_mm, radius_weight += near * m.weight_radius;
        }
        smooth.push_back({{x.at_zero(), y.at_zero(), z.at_zero()},
                          radius_weight > 0 ? radius / radius_weight : here.radius_mm,
                          here.score});
    }
    return smooth;
}

}  // namespace

std::vector<CanalPoint> refined(const EnclosureFinder& enclosures, std::vector<CanalPoint> line) {
    constexpr int rounds = 2;  // the second from the middle, where the rays are even
    for (int round = 0; round < rounds; ++round) line = once(enclosures, line);
    return line;
}

}  // namespace calcinode::spine
