// A ray from within the canal to the bone around it.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace calcinode::spine {

inline constexpr std::size_t canal_directions = 48;
inline constexpr double ray_step_mm = 0.5;
inline constexpr double ray_reach_mm = 22;    // of the wall: wider than any canal's half
inline constexpr double ray_behind_mm = 3;    // behind the wall, where the densest bone is looked for
inline constexpr double canal_fluid_hu = 25;  // cord, roots and fluid around them

// Attenuation along a ray, a sample each step.
using RayProfile =
    std::array<double, static_cast<std::size_t>((ray_reach_mm + ray_behind_mm) / ray_step_mm) + 1>;

// (u, v) of one of the directions: from the left to the back and round.
inline std::array<double, 2> ray_direction(std::size_t n) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(n) / canal_directions;
    return {std::cos(angle), std::sin(angle)};
}

// Distance to the wall, mm; 0 where there is none within reach, or where the ray begins in bone.
double wall_mm(const RayProfile& hu);

}  // namespace calcinode::spine
