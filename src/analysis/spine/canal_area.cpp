#include "analysis/spine/canal_area.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/spine/canal_ray.hpp"

namespace calcinode::spine {
namespace {

// A facet joint's gap or a vein's hole may be open, a foramen may not.
constexpr std::size_t most_open = 5, widest_gap = 3;    // of the directions: 37 and 22 degrees
constexpr double smallest_mm2 = 80, largest_mm2 = 650;  // of any level, a stenosis and a C1 ring included
constexpr int rounds = 2;                               // the second from the first one's middle

using Walls = std::array<double, canal_directions>;  // distances; 0 where there is none

// Bilinear sample of one plane.
double sample(const Straight& straight, int s, double u, double v) {
    const auto& block = straight.hu;
    const double x = std::clamp(u + half_width_mm, 0.0, block.size[0] - 1.001);
    const double y = std::clamp(v + front_mm, 0.0, block.size[1] - 1.001);
    const int i = static_cast<int>(x), j = static_cast<int>(y);
    const double a = x - i, b = y - j;
    const auto at = [&](int p, int q) { return static_cast<double>(block.values[block.offset(p, q, s)]); };
    return (at(i, j) * (1 - a) + at(i + 1, j) * a) * (1 - b) +
           (at(i, j + 1) * (1 - a) + at(i + 1, j + 1) * a) * b;
}

double wall(const Straight& straight, int s, double u, double v, std::array<double, 2> along) {
    RayProfile hu{};
    for (std::size_t n = 0; n < hu.size(); ++n) {
        const double far = static_cast<double>(n) * ray_step_mm;
        hu[n] = sample(straight, s, u + along[0] * far, v + along[1] * far);
    }
    return wall_mm(hu);
}

// Fills the open directions from their neighbours; false where too many are open.
bool close(Walls& walls) {
    std::size_t open = 0;
    for (const double mm : walls) open += mm <= 0;
    if (open > most_open) return false;
    const Walls known = walls;
    for (std::size_t n = 0; n < canal_directions; ++n) {
        if (known[n] > 0) continue;
        std::size_t before = 1, after = 1;
        while (known[(n + canal_directions - before) % canal_directions] <= 0) ++before;
        while (known[(n + after) % canal_directions] <= 0) ++after;
        if (before + after - 1 > widest_gap) return false;
        walls[n] = (known[(n + canal_directions - before) % canal_directions] * static_cast<double>(after) +
                    known[(n + after) % canal_directions] * static_cast<double>(before)) /
                   static_cast<double>(before + after);
    }
    return true;
}

std::optional<double> plane_area(const Straight& straight, int s) {
    double u = 0, v = 0;
    Walls walls{};
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t n = 0; n < canal_directions; ++n)
            walls[n] = wall(straight, s, u, v, ray_direction(n));
        if (!close(walls)) return std::nullopt;
        // The middle of the area: of the triangles between neighbouring directions, two thirds out.
        double area = 0, moment_u = 0, moment_v = 0;
        for (std::size_t n = 0; n < canal_directions; ++n) {
            const double square = walls[n] * walls[n];
            area += square;
            moment_u += square * walls[n] * ray_direction(n)[0];
            moment_v += square * walls[n] * ray_direction(n)[1];
        }
        if (round + 1 < rounds) u += 2.0 / 3 * moment_u / area, v += 2.0 / 3 * moment_v / area;
    }
    double area = 0;
    for (std::size_t n = 0; n < canal_directions; ++n)
        area += walls[n] * walls[(n + 1) % canal_directions] *
                std::sin(2 * std::numbers::pi / canal_directions) / 2;
    if (area < smallest_mm2 || area > largest_mm2) return std::nullopt;
    return area;
}

}  // namespace

std::optional<double> canal_area_mm2(const Straight& straight, const Frame& frame, double from_s,
                                     double to_s) {
    const int last = std::min(straight.hu.size[2], frame.length()) - 1;
    std::vector<double> areas;
    for (int s = std::max(0, static_cast<int>(std::ceil(from_s))); s <= std::min<double>(last, to_s); ++s)
        if (const auto area = plane_area(straight, s)) areas.push_back(*area);
    if (areas.empty()) return std::nullopt;
    const auto middle = areas.begin() + static_cast<std::ptrdiff_t>(areas.size() / 2);
    std::ranges::nth_element(areas, middle);
    return *middle;
}

}  // namespace calcinode::spine
