#include "analysis/deposits/level_face.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/kernels/median.hpp"

namespace calcinode::deposits {
namespace {

constexpr double flat_mm = 0.5, flat_share = 0.5;  // of the face, which is level
constexpr double least_off_voxels = 0.75;          // from the face: heights are whole voxels
constexpr double most_tilt = 0.3;                  // of the face: 17 degrees
constexpr double least_face_mm2 = 20;

// How high the sediment reaches in one column.
struct Top {
    std::array<int, 2> column;
    int height;
};

// Of all its columns; but what ends at bone says nothing, and is not among them.
std::vector<Top> tops_of(const Volume& volume, const std::vector<std::size_t>& sediment, Way way) {
    std::array<int, 2> low{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()}, high{-1, -1};
    for (const auto n : sediment) {
        const auto column = way.column(volume.grid.index(n));
        for (std::size_t a = 0; a < 2; ++a)
            low[a] = std::min(low[a], column[a]), high[a] = std::max(high[a], column[a]);
    }
    constexpr int none = std::numeric_limits<int>::min();
    const auto width = static_cast<std::size_t>(high[0] - low[0] + 1);
    std::vector<int> highest(width * static_cast<std::size_t>(high[1] - low[1] + 1), none);
    for (const auto n : sediment) {
        const auto v = volume.grid.index(n);
        const auto column = way.column(v);
        auto& height = highest[static_cast<std::size_t>(column[1] - low[1]) * width +
                               static_cast<std::size_t>(column[0] - low[0])];
        height = std::max(height, way.height(v));
    }
    const double dense_hu = (kernels::median(attenuation_of(volume, sediment)) + muscle_hu) / 2;
    std::vector<Top> tops;
    for (std::size_t n = 0; n < highest.size(); ++n) {
        if (highest[n] == none) continue;
        const std::array<int, 2> column{low[0] + static_cast<int>(n % width),
                                        low[1] + static_cast<int>(n / width)};
        const auto above = way.voxel(column, highest[n] + 2);
        if (!volume.grid.contains(above) || volume.at(above) < dense_hu) tops.push_back({column, highest[n]});
    }
    return tops;
}

// The plane of least squares through those tops that are no further than `off` from `face`; its columns are
// they.
Face fitted(const std::vector<Top>& tops, const Face& face, double off) {
    double n = 0, a = 0, b = 0, h = 0, aa = 0, ab = 0, bb = 0, ah = 0, bh = 0;
    Face next;
    for (const auto& [column, top] : tops) {
        if (std::abs(top - face.exact(column)) > off) continue;
        next.columns.push_back(column);
        const double x = column[0], y = column[1];
        n += 1, a += x, b += y, h += top, aa += x * x, ab += x * y, bb += y * y, ah += x * top, bh += y * top;
    }
    if (n == 0) return next;
    const double caa = aa - a * a / n, cab = ab - a * b / n, cbb = bb - b * b / n;
    const double cah = ah - a * h / n, cbh = bh - b * h / n, determinant = caa * cbb - cab * cab;
    if (determinant > 1e-6 * caa * cbb) {  // else all stand in one line
        next.first_slope = (cah * cbb - cbh * cab) / determinant;
        next.second_slope = (cbh * caa - cah * cab) / determinant;
    }
    next.at_zero = (h - next.first_slope * a - next.second_slope * b) / n;
    return next;
}

// Spacings of a column's two places, in its order.
std::array<double, 2> across_mm(const Grid& grid, Way way) {
    return {grid.spacing_mm[way.axis == 0 ? 1 : 0], grid.spacing_mm[2]};
}

}  // namespace

std::vector<double> attenuation_of(const Volume& volume, const std::vector<std::size_t>& voxels) {
    std::vector<double> values;
    values.reserve(voxels.size());
    for (const auto n : voxels) values.push_back(volume.hu[n]);
    return values;
}

std::optional<Face> flat_face(const Volume& volume, const std::vector<std::size_t>& sediment, Way way) {
    const auto tops = tops_of(volume, sediment, way);
    if (tops.empty()) return std::nullopt;
    std::vector<double> heights;
    for (const auto& [column, top] : tops) heights.push_back(top);
    const double along_mm = volume.grid.spacing_mm[way.axis];
    Face face{.at_zero = kernels::median(std::move(heights)), .columns = {}};
    for (const double mm : {4 * flat_mm, 2 * flat_mm, flat_mm})
        face = fitted(tops, face, std::max(least_off_voxels, mm / along_mm));
    const auto spacing = across_mm(volume.grid, way);
    const double tilt = std::hypot(face.first_slope / spacing[0], face.second_slope / spacing[1]) * along_mm;
    const auto flat = static_cast<double>(face.columns.size());
    if (flat < flat_share * static_cast<double>(tops.size()) ||
        flat * spacing[0] * spacing[1] < least_face_mm2 || tilt > most_tilt)
        return std::nullopt;
    return face;
}

}  // namespace calcinode::deposits
