#include "analysis/spine/posterior_wall.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/kernels/median.hpp"
#include "analysis/spine/sample.hpp"

namespace calcinode::spine {
namespace {

// Where the wall is looked at.
constexpr double half_width_mm = 5;  // to both sides of the middle: flat in every body
constexpr double row_mm = 0.5, along_mm = 0.25, across_mm = 1;
constexpr double bone_side_mm = 5, canal_side_mm = 6;  // of the wall's expected place
constexpr double corner_part = 0.12;                   // of the height, at each end: rounding and osteophytes
constexpr double vein_part = 0.1;                      // of the height, to both sides of the middle
constexpr double c2_part = 0.25;                       // of C2's height, above its middle
constexpr double cortex_reach_mm = 3;                  // the cortex is that close in front of its edge
constexpr double metal_hu = 2000;
constexpr double least_step_hu = 100;                      // between bone and canal
constexpr double least_soft_hu = -80, most_soft_hu = 120;  // of the canal: fat to contrast
// How far rows may lie from the line and still count (Tukey's biweight).
constexpr double outlier_mm = 1.2;
constexpr double least_span = 0.35;  // of the height must be seen
constexpr double worst_sd_mm = 1.5;  // a line less sure than that is none
// The more an edge is blurred, by the picture or because the wall is hollow, the less sure is its place; this
// does not average out over rows. Millimetres for the square of the blur's width in millimetres.
constexpr double edge_error = 0.15;
// No wall is even: it waves by so much, over so long a way, whatever the voxels; this tilts the line that is
// laid through it.
constexpr double unevenness_mm = 0.13, wave_mm = 6;

struct Row {
    double h, wall, width, weight;
};

// Mean attenuation over the strip at height h, from inside the bone into the canal. Empty where the volume
// ends, and beside metal.
std::vector<double> profile(const Volume& volume, const Vertebra& v, double h) {
    const int steps = static_cast<int>((bone_side_mm + canal_side_mm) / along_mm);
    const Vec3 first = v.body + v.down * h + v.back * (v.depth_mm / 2 - bone_side_mm);
    std::vector<double> hu;
    hu.reserve(static_cast<std::size_t>(steps + 1));
    for (int n = 0; n <= steps; ++n) {
        double sum = 0;
        int count = 0;
        for (double u = -half_width_mm; u <= half_width_mm; u += across_mm, ++count) {
            const auto value = hu_at(volume, first + v.back * (n * along_mm) + v.left * u);
            if (!value || *value > metal_hu) return {};
            sum += *value;
        }
        hu.push_back(sum / count);
    }
    return hu;
}

struct Edge {
    double place_mm;  // along the profile, from its start
    double width_mm;  // from a quarter to three quarters of the step: how blurred the picture is
};

// Where the profile, from `n` on into the canal, falls through `level`; its end if it does not.
double falls_through(const std::vector<double>& hu, int n, double level) {
    const auto at = [&](int m) { return hu[static_cast<std::size_t>(m)]; };
    const int last = static_cast<int>(hu.size()) - 1;
    while (n < last && at(n + 1) >= level) ++n;
    return n < last ? (n + (at(n) - level) / (at(n) - at(n + 1))) * along_mm : last * along_mm;
}

// From the canal forward, where half the step up to the cortex is reached.
std::optional<Edge> edge_of(const std::vector<double>& hu, double soft_hu) {
    const int reach = static_cast<int>(cortex_reach_mm / along_mm);
    const int last = static_cast<int>(hu.size()) - 1;
    for (int n = last - 1; n >= reach; --n) {
        const auto at = [&](int m) { return hu[static_cast<std::size_t>(m)]; };
        if (at(n) - soft_hu < least_step_hu / 2) continue;
        const auto peak = std::max_element(hu.begin() + (n - reach), hu.begin() + n + 1);
        const double step = *peak - soft_hu;
        if (step < least_step_hu) continue;
        const double half = soft_hu + step / 2;
        if (at(n) < half || at(n + 1) >= half) continue;
        const int top = static_cast<int>(peak - hu.begin());
        return Edge{falls_through(hu, n, half), falls_through(hu, top, soft_hu + step / 4) -
                                                    falls_through(hu, top, soft_hu + step * 0.75)};
    }
    return {};
}

std::vector<Row> rows_of(const Volume& volume, const Vertebra& v, double height) {
    const double canal_from = (bone_side_mm + 3) / along_mm;
    std::vector<std::pair<double, std::vector<double>>> profiles;
    std::vector<double> canal;
    const double reach = height * (0.5 - corner_part);
    // The upper half of C2 bears the dens and is not its body's wall.
    const double top = v.level == "C2" ? -c2_part * height : -reach;
    for (double h = top; h <= reach + 1e-9; h += row_mm) {
        if (std::abs(h) < vein_part * height) continue;
        auto hu = profile(volume, v, h);
        if (hu.empty()) continue;
        canal.insert(canal.end(), hu.begin() + static_cast<std::ptrdiff_t>(canal_from), hu.end());
        profiles.emplace_back(h, std::move(hu));
    }
    if (canal.empty()) return {};
    const double soft = std::clamp(kernels::median(std::move(canal)), least_soft_hu, most_soft_hu);
    std::vector<Row> rows;
    for (const auto& [h, hu] : profiles)
        if (const auto edge = edge_of(hu, soft))
            rows.push_back({h, edge->place_mm + v.depth_mm / 2 - bone_side_mm, edge->width_mm, 1});
    return rows;
}

struct Fit {
    double offset = 0, slope = 0, mean_h = 0, weights = 0, spread = 0, variance = 0;
};

// Weighted least squares.
Fit line_of(const std::vector<Row>& rows) {
    Fit fit;
    double mean_wall = 0, cross = 0, residuals = 0;
    for (const auto& row : rows) {
        fit.weights += row.weight;
        fit.mean_h += row.weight * row.h;
        mean_wall += row.weight * row.wall;
    }
    if (fit.weights <= 0) return fit;
    fit.mean_h /= fit.weights, mean_wall /= fit.weights;
    for (const auto& row : rows) {
        fit.spread += row.weight * (row.h - fit.mean_h) * (row.h - fit.mean_h);
        cross += row.weight * (row.h - fit.mean_h) * (row.wall - mean_wall);
    }
    fit.slope = fit.spread > 0 ? cross / fit.spread : 0;
    fit.offset = mean_wall - fit.slope * fit.mean_h;
    for (const auto& row : rows) {
        const double off = row.wall - fit.offset - fit.slope * row.h;
        residuals += row.weight * off * off;
    }
    fit.variance = residuals / fit.weights;
    return fit;
}

// The line of the medians of all pairs, which a third of outliers does not move.
Fit first_line(const std::vector<Row>& rows) {
    std::vector<double> slopes, offsets;
    for (std::size_t a = 0; a < rows.size(); ++a)
        for (std::size_t b = a + 1; b < rows.size(); ++b)
            if (rows[b].h - rows[a].h > 2)
                slopes.push_back((rows[b].wall - rows[a].wall) / (rows[b].h - rows[a].h));
    Fit fit;
    fit.slope = slopes.empty() ? 0 : kernels::median(std::move(slopes));
    for (const auto& row : rows) offsets.push_back(row.wall - fit.slope * row.h);
    fit.offset = kernels::median(std::move(offsets));
    return fit;
}

// The voxel's extent along a direction.
double voxel_along(const Grid& grid, Vec3 direction) {
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a) {
        const double part = dot(direction, grid.axis[a]) * grid.spacing_mm[a];
        sum += part * part;
    }
    return std::sqrt(sum);
}

}  // namespace

double PosteriorWall::sd_at(double h) const {
    return std::hypot(sd_mean_mm, sd_slope * (h - mean_h_mm));
}

std::optional<PosteriorWall> find_posterior_wall(const Volume& volume, const Vertebra& vertebra) {
    const double upper_h = dot(vertebra.upper_endplate - vertebra.body, vertebra.down);
    const double lower_h = dot(vertebra.lower_endplate - vertebra.body, vertebra.down);
    const double height = lower_h - upper_h;
    if (!(height > 4) || !(vertebra.depth_mm > 6)) return {};
    // A body that the scan cuts is not measured well enough.
    if (!hu_at(volume, vertebra.upper_endplate) || !hu_at(volume, vertebra.lower_endplate)) return {};
    auto rows = rows_of(volume, vertebra, height);
    if (rows.size() < 5) return {};
    Fit fit = first_line(rows);
    for (int pass = 0; pass < 5; ++pass) {
        for (auto& row : rows) {
            const double off = (row.wall - fit.offset - fit.slope * row.h) / outlier_mm;
            row.weight = std::abs(off) < 1 ? (1 - off * off) * (1 - off * off) : 0;
        }
        fit = line_of(rows);
        if (fit.weights < 4) return {};
    }
    if (fit.weights * row_mm < least_span * height) return {};
    // Rows closer than a voxel and half a millimetre of blur do not count as independent.
    const double apart = std::max(1.0, voxel_along(volume.grid, vertebra.down));
    const double independent = std::max(3.0, fit.weights * row_mm / apart);
    std::vector<double> widths;
    for (const auto& row : rows) widths.push_back(row.width);
    const double blur = kernels::median(std::move(widths));
    const double edge = edge_error * blur * blur;
    PosteriorWall wall{fit.offset, fit.slope, fit.mean_h};
    const double span = rows.back().h - rows.front().h;
    const double uneven = unevenness_mm * std::sqrt(std::min(1.0, wave_mm / span));
    wall.sd_mean_mm = std::hypot(std::sqrt(fit.variance / (independent - 2)), edge, uneven);
    wall.sd_slope = std::hypot(std::sqrt(fit.variance / (independent - 2) / (fit.spread / fit.weights)),
                               uneven * std::sqrt(12.0) / span);
    wall.upper_h_mm = upper_h;
    wall.lower_h_mm = lower_h;
    if (wall.sd_at(upper_h) > worst_sd_mm || wall.sd_at(lower_h) > worst_sd_mm) return {};
    return wall;
}

}  // namespace calcinode::spine
