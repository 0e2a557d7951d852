#include "analysis/spine/trabecular.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace calcinode::spine {
namespace {

// Half axes as parts of the body's extents; a body is 1.15 times as wide as deep, or wider.
constexpr double part = 0.25, width_of_depth = 1.15;
constexpr double forward_part = 0.06;    // of the depth: away from the basivertebral vein
constexpr double below_dens_part = 0.1;  // of C2's height
constexpr double whole = 1.7;            // times the half axes: most of the body, where metal is looked for
constexpr double metal_hu = 1500, streak_hu = -250;
constexpr std::size_t most_metal_voxels = 3;
constexpr double most_streak = 0.02;  // of the voxels; gas within a disc or a vein is less
constexpr std::size_t least_voxels = 20;
constexpr double trim = 2.5;            // robust standard deviations
constexpr double most_uneven_hu = 150;  // robust standard deviation: streaks, or no body

double quantile(std::vector<double>& values, double q) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, at);
    return *at;
}

bool inside(const Grid& grid, LpsPoint p) {
    const Vec3 at = grid.to_index(p);
    return at.x >= 0 && at.y >= 0 && at.z >= 0 && at.x <= grid.size[0] - 1 && at.y <= grid.size[1] - 1 &&
           at.z <= grid.size[2] - 1;
}

bool cut_by_scan(const Grid& grid, const Vertebra& v) {
    for (const auto& plate : {v.upper_endplate, v.lower_endplate})
        for (const double side : {-0.5, 0.5})
            if (!inside(grid, plate + v.back * (side * v.depth_mm)) ||
                !inside(grid, plate + v.left * (side * v.depth_mm)))
                return true;
    return false;
}

struct Ellipsoid {
    LpsPoint centre;
    Vec3 down, left, back;
    std::array<double, 3> half_mm;  // along down, left, back

    // 1 on the surface.
    double radius(LpsPoint p) const {
        const Vec3 d = p - centre;
        return std::hypot(dot(d, down) / half_mm[0], dot(d, left) / half_mm[1], dot(d, back) / half_mm[2]);
    }
};

// The voxel's (i, j, k) range that holds the ellipsoid, `scale` times as large.
std::array<std::array<int, 2>, 3> box(const Grid& grid, const Ellipsoid& e, double scale) {
    const Vec3 middle = grid.to_index(e.centre);
    const std::array<double, 3> at{middle.x, middle.y, middle.z};
    std::array<std::array<int, 2>, 3> range{};
    for (std::size_t a = 0; a < 3; ++a) {
        const Vec3 axis = grid.axis[a];
        const double reach = scale *
                             std::hypot(dot(e.down, axis) * e.half_mm[0], dot(e.left, axis) * e.half_mm[1],
                                        dot(e.back, axis) * e.half_mm[2]) /
                             grid.spacing_mm[a];
        range[a] = {std::max(0, static_cast<int>(std::ceil(at[a] - reach))),
                    std::min(grid.size[a] - 1, static_cast<int>(std::floor(at[a] + reach)))};
    }
    return range;
}

}  // namespace

std::optional<double> trabecular_hu(const Volume& volume, const Vertebra& vertebra) {
    const auto& grid = volume.grid;
    if (vertebra.level == "C1" || cut_by_scan(grid, vertebra)) return {};
    const double height = distance(vertebra.upper_endplate, vertebra.lower_endplate);
    Ellipsoid e{vertebra.body - vertebra.back * (forward_part * vertebra.depth_mm),
                vertebra.down,
                vertebra.left,
                vertebra.back,
                {part * height, part * width_of_depth * vertebra.depth_mm, part * vertebra.depth_mm}};
    if (vertebra.level == "C2") e.centre = e.centre + vertebra.down * (below_dens_part * height);
    if (!(e.half_mm[0] > 1) || !(e.half_mm[2] > 1)) return {};

    std::vector<double> values;
    std::size_t metal = 0, streaks = 0;
    const auto range = box(grid, e, whole);
    for (int k = range[2][0]; k <= range[2][1]; ++k)
        for (int j = range[1][0]; j <= range[1][1]; ++j)
            for (int i = range[0][0]; i <= range[0][1]; ++i) {
                const double radius = e.radius(grid.to_lps(i, j, k));
                if (radius > whole) continue;
                const int hu = volume.at({i, j, k});
                metal += hu > metal_hu;
                if (radius > 1) continue;
                streaks += hu < streak_hu;
                values.push_back(hu);
            }
    if (values.size() < least_voxels || metal > most_metal_voxels) return {};
    if (static_cast<double>(streaks) > most_streak * static_cast<double>(values.size())) return {};

    const double middle = quantile(values, 0.5);
    std::vector<double> off;
    off.reserve(values.size());
    for (const double hu : values) off.push_back(std::abs(hu - middle));
    const double spread = 1.4826 * quantile(off, 0.5);
    if (spread > most_uneven_hu) return {};
    double sum = 0;
    std::size_t count = 0;
    for (const double hu : values)
        if (std::abs(hu - middle) <= trim * spread) sum += hu, ++count;
    return count > 0 ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

}  // namespace calcinode::spine
