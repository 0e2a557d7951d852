#include "analysis/spine/canal_contour.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <tuple>

namespace calcinode::spine {
namespace {

// Over so many planes to both sides a wall is the same but for noise ...
constexpr int same_mm = 2;
// ... over so many there is a pedicle and a lamina on every side (a level is 16 to 40 mm high) ...
constexpr int level_mm = 14;
// ... and so many are looked at where a long deposit hides the wall at every level.
constexpr int farthest_mm = 40;
// A wall that stands out further than this beyond the level's own is behind a foramen, or that of a joint.
constexpr double foramen_mm = 1.5;
// The level's own wall: the lower third of what is seen there, since foramina only make it seem further.
constexpr double own_share = 0.33;
// Bone so close to a deposit may be the deposit's own rim.
constexpr double rim_mm = 1.0;

using Walls = std::array<double, canal_directions>;

// Trilinear, with fluid for what is ignored and for what is outside of the volume: so a deposit does not
// shine into the samples beside it.
double hu_without(const Volume& volume, LpsPoint place, const std::function<bool(VoxelIndex)>& ignored) {
    const Vec3 at = volume.grid.to_index(place);
    const int i = static_cast<int>(std::floor(at.x)), j = static_cast<int>(std::floor(at.y)),
              k = static_cast<int>(std::floor(at.z));
    const double a = at.x - i, b = at.y - j, c = at.z - k;
    double sum = 0;
    for (int n = 0; n < 8; ++n) {
        const int di = n & 1, dj = (n >> 1) & 1, dk = n >> 2;
        const double weight = (di ? a : 1 - a) * (dj ? b : 1 - b) * (dk ? c : 1 - c);
        const VoxelIndex v{i + di, j + dj, k + dk};
        sum += weight * (!volume.grid.contains(v) || ignored(v) ? canal_fluid_hu : volume.at(v));
    }
    return sum;
}

// The wall in one direction; 0 where there is none or a deposit hides it.
double seen_wall(const Volume& volume, const Frame& frame, int s, std::array<double, 2> along,
                 const std::function<bool(VoxelIndex)>& ignored) {
    RayProfile hu{};
    std::array<bool, std::tuple_size_v<RayProfile>> hidden{};
    for (std::size_t n = 0; n < hu.size(); ++n) {
        const double far = static_cast<double>(n) * ray_step_mm;
        const auto place = frame.to_lps({static_cast<double>(s), along[0] * far, along[1] * far});
        const auto voxel = volume.grid.nearest(place);
        hidden[n] = volume.grid.contains(voxel) && ignored(voxel);
        hu[n] = hu_without(volume, place, ignored);
    }
    const double wall = wall_mm(hu);
    const int low = std::max(0, static_cast<int>((wall - rim_mm) / ray_step_mm)),
              high = std::min(static_cast<int>(hidden.size()) - 1,
                              static_cast<int>((wall + rim_mm) / ray_step_mm));
    if (std::any_of(hidden.begin() + low, hidden.begin() + high + 1, std::identity{})) return 0;
    return wall;
}

// The walls in direction n of the planes within `reach` of plane s, without those that are not seen.
std::vector<double> around(const std::vector<Walls>& seen, int s, std::size_t n, int reach) {
    std::vector<double> walls;
    const int last = static_cast<int>(seen.size()) - 1;
    for (int q = std::max(0, s - reach); q <= std::min(last, s + reach); ++q)
        if (const double mm = seen[static_cast<std::size_t>(q)][n]; mm > 0) walls.push_back(mm);
    return walls;
}

double quantile(std::vector<double>& values, double share) {
    const auto place = values.begin() + std::lround(share * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, place);
    return *place;
}

// 0 where nothing is seen within reach.
double likely_wall(const std::vector<Walls>& seen, int s, std::size_t n) {
    auto level = around(seen, s, n, level_mm);
    if (level.empty()) level = around(seen, s, n, farthest_mm);
    if (level.empty()) return 0;
    const double own = quantile(level, own_share);
    auto here = around(seen, s, n, same_mm);
    return here.empty() ? own : std::min(quantile(here, 0.5), own + foramen_mm);
}

// Directions in which nothing is seen anywhere, from their neighbours; the canal's radius where none is.
void fill(Walls& walls, double radius_mm) {
    const Walls known = walls;
    for (std::size_t n = 0; n < walls.size(); ++n) {
        if (known[n] > 0) continue;
        std::size_t before = 1, after = 1;
        while (before < walls.size() && known[(n + walls.size() - before) % walls.size()] <= 0) ++before;
        while (after < walls.size() && known[(n + after) % walls.size()] <= 0) ++after;
        const double low = known[(n + walls.size() - before) % walls.size()],
                     high = known[(n + after) % walls.size()];
        walls[n] = low <= 0 ? radius_mm
                            : (low * static_cast<double>(after) + high * static_cast<double>(before)) /
                                  static_cast<double>(before + after);
    }
}

std::array<double, 2> corner(const Walls& walls, std::size_t n) {
    const auto along = ray_direction(n);
    return {along[0] * walls[n], along[1] * walls[n]};
}

}  // namespace

CanalContour::CanalContour(const Volume& volume, const Frame& frame, int from_s, int to_s,
                           const std::function<bool(VoxelIndex)>& ignored) {
    const int last = frame.length() - 1;
    first_ = std::clamp(from_s, 0, last);
    const int end = std::clamp(to_s, first_, last);
    // What is seen, with as much above and below as may have to stand in.
    const int seen_first = std::max(0, first_ - farthest_mm), seen_end = std::min(last, end + farthest_mm);
    std::vector<Walls> seen;
    for (int s = seen_first; s <= seen_end; ++s) {
        auto& walls = seen.emplace_back();
        for (std::size_t n = 0; n < canal_directions; ++n)
            walls[n] = seen_wall(volume, frame, s, ray_direction(n), ignored);
    }
    for (int s = first_; s <= end; ++s) {
        auto& walls = planes_.emplace_back();
        for (std::size_t n = 0; n < canal_directions; ++n) walls[n] = likely_wall(seen, s - seen_first, n);
        fill(walls, frame.station(s).radius_mm);
    }
}

const CanalContour::Walls& CanalContour::plane(double s) const {
    const int at = std::clamp(static_cast<int>(std::lround(s)), first_s(), last_s());
    return planes_[static_cast<std::size_t>(at - first_)];
}

bool CanalContour::inside(double s, double u, double v) const {
    const auto& walls = plane(s);
    double turn = std::atan2(v, u) / (2 * std::numbers::pi);
    if (turn < 0) turn += 1;
    const double at = turn * canal_directions;
    const auto n = static_cast<std::size_t>(at) % canal_directions;
    const double share = at - std::floor(at);
    return std::hypot(u, v) < walls[n] * (1 - share) + walls[(n + 1) % canal_directions] * share;
}

double CanalContour::distance_mm(double s, double u, double v) const {
    if (inside(s, u, v)) return 0;
    const auto& walls = plane(s);
    double nearest = std::hypot(u, v);
    for (std::size_t n = 0; n < canal_directions; ++n) {
        const auto a = corner(walls, n), b = corner(walls, (n + 1) % canal_directions);
        const double du = b[0] - a[0], dv = b[1] - a[1];
        const double along = ((u - a[0]) * du + (v - a[1]) * dv) / std::max(1e-9, du * du + dv * dv);
        const double t = std::clamp(along, 0.0, 1.0);
        nearest = std::min(nearest, std::hypot(u - a[0] - du * t, v - a[1] - dv * t));
    }
    return nearest;
}

double CanalContour::area_mm2(int s) const {
    const auto& walls = plane(s);
    double area = 0;
    for (std::size_t n = 0; n < canal_directions; ++n)
        area += walls[n] * walls[(n + 1) % canal_directions] / 2;
    return area * std::sin(2 * std::numbers::pi / canal_directions);
}

}  // namespace calcinode::spine
