#include "analysis/spine/canal_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

// Bone is compared at both sides in this range, as far as a vertebra reaches.
constexpr double from_side_mm = 3, to_side_mm = 33, from_front_mm = -33, to_back_mm = 33, grid_mm = 3;
constexpr int low_hu = 130, high_hu = 330;
// The patient may lie turned about the long axis, or a vertebra be turned by a scoliosis.
constexpr std::array<int, 7> turns_deg{-24, -16, -8, 0, 8, 16, 24};
constexpr double arch_reach_mm = 24, arch_first_mm = 3;
constexpr int arch_hu = 160, air_hu = -300;
constexpr std::array<int, 5> back_deg{45, 67, 90, 113, 135};
constexpr int rays_of_an_arch = 4;
constexpr double wall_first_mm = 3, wall_reach_mm = 22;
constexpr int wall_hu = 140, marrow_hu = 80;  // old marrow; muscle has up to 70
constexpr double body_near_mm = 5, body_far_mm = 13, body_half_width_mm = 6, body_grid_mm = 2,
                 body_share = 0.6;

Vec3 across(double degrees, double u, double v) {
    const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
    return {u * c - v * s, u * s + v * c, 0};
}

int hu_at(const Volume& coarse, LpsPoint place) {
    const Vec3 index = coarse.grid.to_index(place);
    const VoxelIndex v{static_cast<int>(std::lround(index.x)), static_cast<int>(std::lround(index.y)),
                       static_cast<int>(std::lround(index.z))};
    return coarse.grid.contains(v) ? coarse.at(v) : -1024;
}

// Behind the wall in front of the canal lies marrow; in front of a long bone's wall, muscle.
bool body_in_front(const Volume& coarse, LpsPoint place) {
    double wall = wall_first_mm;
    while (wall < wall_reach_mm && hu_at(coarse, place + Vec3{0, -wall, 0}) < wall_hu) wall += 1;
    if (wall >= wall_reach_mm) return false;
    int marrow = 0, count = 0;
    for (double v = wall + body_near_mm; v <= wall + body_far_mm; v += body_grid_mm)
        for (double u = -body_half_width_mm; u <= body_half_width_mm; u += body_grid_mm, ++count)
            marrow += hu_at(coarse, place + Vec3{u, -v, 0}) > marrow_hu;
    return marrow >= body_share * count;
}

}  // namespace

bool arch_behind(const Volume& coarse, LpsPoint place) {
    int hits = 0;
    for (const int degrees : back_deg) {
        const Vec3 along = across(degrees, 1, 0);
        for (double t = arch_first_mm; t <= arch_reach_mm; t += 1) {
            const int hu = hu_at(coarse, place + along * t);
            if (hu < air_hu) break;
            if (hu < arch_hu) continue;
            ++hits;
            break;
        }
    }
    return hits >= rays_of_an_arch;
}

SpineLikeness likeness_of(const Volume& coarse, const std::vector<CanalPoint>& line) {
    std::array<double, turns_deg.size()> shared{}, either{};
    int arches = 0, bodies = 0;
    for (const auto& point : line) {
        arches += arch_behind(coarse, point.centre);
        bodies += body_in_front(coarse, point.centre);
        for (std::size_t t = 0; t < turns_deg.size(); ++t)
            for (double v = from_front_mm; v <= to_back_mm; v += grid_mm)
                for (double u = from_side_mm; u <= to_side_mm; u += grid_mm) {
                    const auto bone = [&](double side) {
                        return std::clamp(hu_at(coarse, point.centre + across(turns_deg[t], side, v)), low_hu,
                                          high_hu) -
                               low_hu;
                    };
                    const int left = bone(u), right = bone(-u);
                    shared[t] += std::min(left, right), either[t] += std::max(left, right);
                }
    }
    SpineLikeness likeness;
    for (std::size_t t = 0; t < turns_deg.size(); ++t)
        if (either[t] > 0) likeness.symmetry = std::max(likeness.symmetry, shared[t] / either[t]);
    if (line.empty()) return likeness;
    likeness.arches = static_cast<double>(arches) / static_cast<double>(line.size());
    likeness.bodies = static_cast<double>(bodies) / static_cast<double>(line.size());
    return likeness;
}

}  // namespace calcinode::spine
