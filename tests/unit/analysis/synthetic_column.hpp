// A column of box-shaped vertebral bodies in front of a canal, made as a volume: the truth is known exactly.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/canal.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::test {

inline constexpr double body_height_mm = 18, body_depth_mm = 24, body_width_mm = 30, disc_mm = 6;
inline constexpr double cortex_mm = 1.5, cortex_hu = 700, trabecular_hu = 180, soft_hu = 40;

// Four bodies one below the other about the middle of an 80 x 90 x 112 mm volume, and their canal 8 mm
// behind.
struct Column {
    double tilt_degrees = 0;   // of the whole column: positive leans its upper end to the back
    double bend_degrees = 0;   // of each body against the one above, about the disc's posterior end
    double shear_degrees = 0;  // of the endplates against right angles with the walls
    double slip_mm = 0;        // of the upper two bodies on the lower two; positive is anterior
    double inside_hu = trabecular_hu;
    double noise_hu = 0;
    double blur_mm = 0.4;  // half width of each edge
    std::array<double, 3> spacing_mm{0.8, 0.8, 1.0};
};

struct Body {
    LpsPoint centre;
    Vec3 down, back;      // at right angles to the endplates, and along them
    Vec3 along, outward;  // along the walls, and at right angles to them

    LpsPoint wall(double h) const { return centre + outward * (body_depth_mm / 2) + along * h; }
};

inline std::vector<Body> bodies_of(const Column& column) {
    const auto radians = [](double degrees) { return degrees * std::numbers::pi / 180; };
    const auto down_at = [](double angle) { return Vec3{0, -std::sin(angle), -std::cos(angle)}; };
    const auto back_at = [](double angle) { return Vec3{0, std::cos(angle), -std::sin(angle)}; };
    constexpr double pitch = body_height_mm + disc_mm;
    std::vector<Body> bodies;
    for (int n = 0; n < 4; ++n) {
        const double angle = radians(column.tilt_degrees + (n - 1.5) * column.bend_degrees);
        const double plate = angle + radians(column.shear_degrees);
        Body body{{}, down_at(plate), back_at(plate), down_at(angle), back_at(angle)};
        const LpsPoint corner = n > 0 ? bodies.back().wall(pitch / 2) : LpsPoint{40, 0, 0};
        body.centre = corner + body.along * (pitch / 2) - body.outward * (body_depth_mm / 2);
        if (n == 2) body.centre = body.centre + body.back * column.slip_mm;
        bodies.push_back(body);
    }
    const Vec3 middle = (bodies[1].centre + bodies[2].centre) * 0.5;
    for (auto& body : bodies) body.centre = body.centre - middle + Vec3{40, 40, 56};
    return bodies;
}

inline Volume volume_of(const Column& column) {
    Volume volume;
    auto& grid = volume.grid;
    grid.spacing_mm = column.spacing_mm;
    const std::array<double, 3> extent{80, 90, 112};
    for (std::size_t a = 0; a < 3; ++a) grid.size[a] = static_cast<int>(extent[a] / grid.spacing_mm[a]) + 1;
    const auto bodies = bodies_of(column);
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, std::max(column.noise_hu, 1e-9));
    volume.hu.resize(grid.voxels());
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k)
        for (int j = 0; j < grid.size[1]; ++j)
            for (int i = 0; i < grid.size[0]; ++i, ++n) {
                const LpsPoint p = grid.to_lps(i, j, k);
                double outside = 1e9;  // distance to the nearest body's surface, negative inside
                for (const auto& body : bodies) {
                    const Vec3 d = p - body.centre;
                    outside = std::min(outside, std::max({std::abs(dot(d, body.down)) - body_height_mm / 2,
                                                          std::abs(dot(d, body.outward)) - body_depth_mm / 2,
                                                          std::abs(d.x) - body_width_mm / 2}));
                }
                const auto within = [&](double depth) {
                    return std::clamp(0.5 - (outside + depth) / (2 * column.blur_mm), 0.0, 1.0);
                };
                const double bone = within(0), inner = within(cortex_mm);
                const double hu =
                    soft_hu + bone * (cortex_hu - soft_hu) + inner * (column.inside_hu - cortex_hu);
                volume.hu[n] =
                    static_cast<std::int16_t>(std::lround(hu + (column.noise_hu > 0 ? noise(random) : 0)));
            }
    return volume;
}

// The canal behind the column, from its upper to its lower end.
inline spine::Frame frame_of(const Column& column) {
    const auto bodies = bodies_of(column);
    const auto behind = [](const Body& body, double h) { return body.wall(h) + body.outward * 8.0; };
    std::vector<spine::CanalPoint> canal{{behind(bodies.front(), -20), 8, 1}};
    for (const auto& body : bodies) canal.push_back({behind(body, 0), 8, 1});
    canal.push_back({behind(bodies.back(), 20), 8, 1});
    return spine::Frame(canal);
}

// What a perfect measurement says of the bodies.
inline std::vector<Vertebra> vertebrae_of(const Column& column) {
    std::vector<Vertebra> vertebrae;
    for (const auto& body : bodies_of(column)) {
        Vertebra v;
        v.level = "C" + std::to_string(4 + vertebrae.size());
        v.body = body.centre;
        v.down = body.down, v.back = body.back, v.left = {1, 0, 0};
        const Vec3 half = body.along * (body_height_mm / 2 / dot(body.along, body.down));
        v.upper_endplate = body.centre - half;
        v.lower_endplate = body.centre + half;
        v.depth_mm = body_depth_mm;
        vertebrae.push_back(v);
    }
    return vertebrae;
}

// Fills a ball.
inline void paint_ball(Volume& volume, LpsPoint centre, double radius_mm, int hu) {
    std::size_t n = 0;
    for (int k = 0; k < volume.grid.size[2]; ++k)
        for (int j = 0; j < volume.grid.size[1]; ++j)
            for (int i = 0; i < volume.grid.size[0]; ++i, ++n)
                if (distance(volume.grid.to_lps(i, j, k), centre) < radius_mm)
                    volume.hu[n] = static_cast<std::int16_t>(hu);
}

// Fills an upright column, from the lowest to the highest plane or between two heights.
inline void paint_tube(Volume& volume, double x, double y, double radius_mm, int hu, double from_z = -1e9,
                       double to_z = 1e9) {
    std::size_t n = 0;
    for (int k = 0; k < volume.grid.size[2]; ++k)
        for (int j = 0; j < volume.grid.size[1]; ++j)
            for (int i = 0; i < volume.grid.size[0]; ++i, ++n) {
                const LpsPoint p = volume.grid.to_lps(i, j, k);
                if (std::hypot(p.x - x, p.y - y) < radius_mm && p.z >= from_z && p.z <= to_z)
                    volume.hu[n] = static_cast<std::int16_t>(hu);
            }
}

}  // namespace calcinode::test
