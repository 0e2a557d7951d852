// A straight spine made as a volume: four like vertebrae, mirror images of themselves, each a thin shell of
// cortex around a softer core, in soft tissue with air around it. Built around it, what finding a spine
// leaves for the search for deposits, without an error of its own: what is tested is the search alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "analysis/spine/find_spine.hpp"
#include "analysis/volume.hpp"

namespace calcinode::test {

inline constexpr int levels = 4;
inline constexpr double pitch_mm = 24, height_mm = levels * pitch_mm;  // of a vertebra and its disc
inline constexpr double canal_x = 56, canal_y = 64;                    // the canal's middle
inline constexpr double shell_mm = 1.2, shell_hu = 900, core_hu = 250, muscle_hu = 50, air_hu = -1000;
inline constexpr double front_of_bodies_mm = -32, depth_of_bodies_mm = 24;  // v, to the back

struct SpineShape {
    double spacing_mm = 1;     // of all three axes
    double noise_hu = 12;      // standard deviation
    double left_shift_mm = 0;  // how much further from the middle the left half lies than the right one
    std::string first = "C";   // region of the levels' names, "" for uncertain
    int first_number = 3;      // of the uppermost level's name
};

// How far a place is outside of the nearest bone, negative inside: boxes, of which the left half and each
// level repeat those here.
inline double outside_bone_mm(double s, double u, double v) {
    struct Box {
        double u0, u1, v0, v1, s0, s1;
    };
    constexpr Box boxes[] = {
        {-15, 15, front_of_bodies_mm, -8, 3, 21},  // body
        {8, 14, -8, 4, 5, 13},                     // pedicle
        {8, 20, 4, 14, 2, 20},                     // articular processes
        {2, 9, 9, 15, 6, 18},                      // lamina
        {-3, 3, 12, 36, 9, 18},                    // spinous process
        {14, 30, 2, 9, 7, 13},                     // transverse process
    };
    const double h = s - pitch_mm * std::floor(s / pitch_mm), side = std::abs(u);
    double least = 1e9;
    for (const auto& b : boxes)
        least = std::min(least, std::max({b.u0 - side, side - b.u1, b.v0 - v, v - b.v1, b.s0 - h, h - b.s1}));
    return least;
}

inline LpsPoint spine_place(double s, double u, double v) {
    return {canal_x + u, canal_y + v, height_mm - s};
}

inline Volume volume_of(const SpineShape& shape) {
    Volume volume;
    auto& grid = volume.grid;
    grid.spacing_mm = {shape.spacing_mm, shape.spacing_mm, shape.spacing_mm};
    const auto voxels = [&](double mm) { return static_cast<int>(mm / shape.spacing_mm) + 1; };
    grid.size = {voxels(2 * canal_x), voxels(2 * canal_y), voxels(height_mm)};
    volume.hu.resize(grid.voxels());
    std::mt19937 random(11);
    std::normal_distribution<double> noise(0, std::max(shape.noise_hu, 1e-9));
    constexpr double blur_mm = 0.6;  // half width of each edge
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k)
        for (int j = 0; j < grid.size[1]; ++j)
            for (int i = 0; i < grid.size[0]; ++i, ++n) {
                const auto p = grid.to_lps(i, j, k);
                double u = p.x - canal_x;
                const double s = height_mm - p.z, v = p.y - canal_y;
                if (u > 0) u = std::max(0.0, u - shape.left_shift_mm);
                const double outside = outside_bone_mm(s, u, v);
                const auto within = [&](double depth) {
                    return std::clamp(0.5 - (outside + depth) / (2 * blur_mm), 0.0, 1.0);
                };
                double hu =
                    muscle_hu + within(0) * (shell_hu - muscle_hu) + within(shell_mm) * (core_hu - shell_hu);
                if (std::hypot(u / 54, v / 62) > 1) hu = air_hu;  // the skin
                volume.hu[n] = static_cast<std::int16_t>(std::lround(hu + noise(random)));
            }
    return volume;
}

// A deposit: a ball with the same edges and noise. Where there is bone, bone stays.
inline void add_ball(Volume& volume, double s, double u, double v, double radius_mm, double hu) {
    constexpr double blur_mm = 0.6;
    const auto centre = spine_place(s, u, v);
    std::size_t n = 0;
    for (int k = 0; k < volume.grid.size[2]; ++k)
        for (int j = 0; j < volume.grid.size[1]; ++j)
            for (int i = 0; i < volume.grid.size[0]; ++i, ++n) {
                const double outside = distance(volume.grid.to_lps(i, j, k), centre) - radius_mm;
                const double share = std::clamp(0.5 - outside / (2 * blur_mm), 0.0, 1.0);
                auto& own = volume.hu[n];
                if (own < 120) own = static_cast<std::int16_t>(std::lround(own + share * (hu - muscle_hu)));
            }
}

// What finding the spine would leave: the canal as a straight line, each vertebra at its place.
inline spine::SpineInView seen_in(const Volume& volume, const SpineShape& shape = {}) {
    std::vector<spine::CanalPoint> canal;
    for (int s = 0; s <= static_cast<int>(height_mm); ++s) canal.push_back({spine_place(s, 0, 0), 8, 1});
    spine::Frame frame(canal);
    auto straight = spine::straighten(volume, frame, 1);
    Spine spine;
    for (const auto& point : canal) spine.canal.push_back(point.centre);
    for (int n = 0; n < levels; ++n) {
        const double s = n * pitch_mm, v = front_of_bodies_mm + depth_of_bodies_mm / 2;
        Vertebra vertebra;
        vertebra.level =
            shape.first.empty() ? "uncertain" : shape.first + std::to_string(shape.first_number + n);
        vertebra.body = spine_place(s + 12, 0, v);
        vertebra.canal = spine_place(s + 12, 0, 0);
        vertebra.upper_endplate = spine_place(s + 3, 0, v);
        vertebra.lower_endplate = spine_place(s + 21, 0, v);
        vertebra.depth_mm = depth_of_bodies_mm;
        spine.vertebrae.push_back(vertebra);
    }
    return {std::move(spine), std::move(frame), std::move(straight), {}, 0};
}

}  // namespace calcinode::test
