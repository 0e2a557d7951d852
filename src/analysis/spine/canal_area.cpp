#include "analysis/spine/canal_area.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace calcinode::spine {
namespace {

constexpr std::size_t directions = 48;
// The wall is where the attenuation is halfway from fluid to the densest bone just behind: so it stays where
// it is whatever the kernel and the voxels make of the cortex. Bone at all is what no soft tissue reaches.
constexpr double fluid_hu = 25, bone_hu = 130, behind_mm = 3, highest_wall_hu = 350;
constexpr double step_mm = 0.5, reach_mm = 22;
// A facet joint's gap or a vein's hole may be open, a foramen may not.
constexpr std::size_t most_open = 5, widest_gap = 3;    // of the directions: 37 and 22 degrees
constexpr double smallest_mm2 = 80, largest_mm2 = 650;  // of any level, a stenosis and a C1 ring included
constexpr int rounds = 2;                               // the second from the first one's middle

using Walls = std::array<double, directions>;  // distances; 0 where there is none

std::array<double, 2> direction(std::size_t n) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(n) / directions;
    return {std::cos(angle), std::sin(angle)};
}

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
    constexpr int steps = static_cast<int>((reach_mm + behind_mm) / step_mm);
    constexpr int reached = static_cast<int>(reach_mm / step_mm),
                  behind = static_cast<int>(behind_mm / step_mm);
    std::array<double, steps + 1> hu{};
    const auto at = [&](int n) { return hu[static_cast<std::size_t>(n)]; };
    for (int n = 0; n <= steps; ++n)
        hu[static_cast<std::size_t>(n)] =
            sample(straight, s, u + along[0] * n * step_mm, v + along[1] * n * step_mm);
    int bone = 0;
    while (bone <= reached && at(bone) < bone_hu) ++bone;
    if (bone == 0 || bone > reached) return 0;
    const double peak = *std::max_element(hu.begin() + bone, hu.begin() + bone + behind);
    const double wall_hu = std::min(highest_wall_hu, (fluid_hu + peak) / 2);
    // From the peak's side of the first bone, or from the fluid's.
    int n = bone;
    while (n > 1 && at(n - 1) >= wall_hu) --n;
    while (n < bone + behind && at(n) < wall_hu) ++n;
    const double before = at(n - 1), after = at(n);
    const double back = after > before ? std::clamp((after - wall_hu) / (after - before), 0.0, 1.0) : 0;
    return (n - back) * step_mm;
}

// Fills the open directions from their neighbours; false where too many are open.
bool close(Walls& walls) {
    std::size_t open = 0;
    for (const double mm : walls) open += mm <= 0;
    if (open > most_open) return false;
    const Walls known = walls;
    for (std::size_t n = 0; n < directions; ++n) {
        if (known[n] > 0) continue;
        std::size_t before = 1, after = 1;
        while (known[(n + directions - before) % directions] <= 0) ++before;
        while (known[(n + after) % directions] <= 0) ++after;
        if (before + after - 1 > widest_gap) return false;
        walls[n] = (known[(n + directions - before) % directions] * static_cast<double>(after) +
                    known[(n + after) % directions] * static_cast<double>(before)) /
                   static_cast<double>(before + after);
    }
    return true;
}

std::optional<double> plane_area(const Straight& straight, int s) {
    double u = 0, v = 0;
    Walls walls{};
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t n = 0; n < directions; ++n) walls[n] = wall(straight, s, u, v, direction(n));
        if (!close(walls)) return std::nullopt;
        // The middle of the area: of the triangles between neighbouring directions, two thirds out.
        double area = 0, moment_u = 0, moment_v = 0;
        for (std::size_t n = 0; n < directions; ++n) {
            const double square = walls[n] * walls[n];
            area += square;
            moment_u += square * walls[n] * direction(n)[0];
            moment_v += square * walls[n] * direction(n)[1];
        }
        if (round + 1 < rounds) u += 2.0 / 3 * moment_u / area, v += 2.0 / 3 * moment_v / area;
    }
    double area = 0;
    for (std::size_t n = 0; n < directions; ++n)
        area += walls[n] * walls[(n + 1) % directions] * std::sin(2 * std::numbers::pi / directions) / 2;
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
