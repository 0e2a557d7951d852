#include "analysis/spine/cranium.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "analysis/spine/canal_check.hpp"
#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr int bone_hu = 200, air_hu = -250;
constexpr double nearest_mm = 6, reach_mm = 100;  // from the clivus to the farthest occiput
constexpr double beyond_arch_mm = 30;             // the arch of C1 lies up to 22 mm behind its canal's middle
// Directions of the back half, 15 degrees apart.
constexpr int directions = 9;
constexpr double from_deg = 30, between_deg = 15;
constexpr int fewest_closed = 8, fewest_beyond_arch = 6;
// So much of a line on end makes sure.
constexpr double sure_mm = 7;
constexpr double into_skull_mm = 12, foramen_within_mm = 35, direction_mm = 40;
constexpr double highest_arch_within_mm = 30;

// Brain is looked for at places and in slices that are so far apart.
constexpr double brain_grid_mm = 6, brain_slices_mm = 4;
constexpr int brain_low_hu = -20, brain_high_hu = 110;
constexpr std::size_t brain_directions = 16, most_open = 1;
constexpr double narrowest_mm = 60, shallowest_mm = 45;  // of the skull around a place within it
constexpr double smallest_brain_mm2 = 1500;              // 45 mm across: no orbit or sinus is as wide
constexpr double largest_gap_mm = 13;                    // between two slices with brain: metal, streaks

std::optional<double> bone_at(const Volume& coarse, Vec3 from, double degrees, double first_mm) {
    const auto& grid = coarse.grid;
    const double angle = degrees * std::numbers::pi / 180;
    const double step_mm = std::min(grid.spacing_mm[0], grid.spacing_mm[1]);
    const double di = std::cos(angle) / grid.spacing_mm[0], dj = std::sin(angle) / grid.spacing_mm[1];
    const int k = static_cast<int>(std::lround(from.z));
    for (double t = first_mm; t <= reach_mm; t += step_mm) {
        const VoxelIndex v{static_cast<int>(std::lround(from.x + di * t)),
                           static_cast<int>(std::lround(from.y + dj * t)), k};
        if (!grid.contains(v)) return std::nullopt;
        const int hu = coarse.at(v);
        if (hu < air_hu) return std::nullopt;
        if (hu >= bone_hu) return t;
    }
    return std::nullopt;
}

bool is_brain(const Volume& coarse, VoxelIndex place) {
    const int hu = coarse.at(place);
    if (hu < brain_low_hu || hu > brain_high_hu) return false;
    const Vec3 from{static_cast<double>(place.i), static_cast<double>(place.j), static_cast<double>(place.k)};
    std::array<double, brain_directions> mm{};
    std::size_t open = 0;
    for (std::size_t n = 0; n < brain_directions; ++n) {
        const auto bone = bone_at(coarse, from, 360.0 * static_cast<double>(n) / brain_directions, 0);
        if (!bone && ++open > most_open) return false;
        mm[n] = bone.value_or(reach_mm);
    }
    constexpr std::size_t back = brain_directions / 4;
    return mm[0] + mm[2 * back] >= narrowest_mm && mm[back] + mm[3 * back] >= shallowest_mm;
}

bool shows_brain(const Volume& coarse, int k) {
    const auto& grid = coarse.grid;
    const auto step = [&](std::size_t axis) {
        return std::max(1, static_cast<int>(std::lround(brain_grid_mm / grid.spacing_mm[axis])));
    };
    const int di = step(0), dj = step(1);
    const double place_mm2 = di * grid.spacing_mm[0] * dj * grid.spacing_mm[1];
    double area_mm2 = 0;
    for (int j = dj / 2; j < grid.size[1]; j += dj)
        for (int i = di / 2; i < grid.size[0]; i += di) {
            if (is_brain(coarse, {i, j, k})) area_mm2 += place_mm2;
            if (area_mm2 >= smallest_brain_mm2) return true;
        }
    return false;
}

// The point from which on the line, on its way up, is in the skull; the line's head end is at 0.
std::size_t first_below(const Volume& coarse, const std::vector<CanalPoint>& line) {
    double run_mm = 0;
    std::size_t run_begin = 0;
    for (std::size_t n = line.size(); n-- > 0;) {
        if (!in_cranium(coarse, line[n].centre)) {
            run_mm = 0;
            continue;
        }
        if (run_mm == 0) run_begin = n + 1;
        run_mm += n > 0 ? distance(line[n].centre, line[n - 1].centre) : sure_mm;
        if (run_mm >= sure_mm) return run_begin;
    }
    return 0;
}

// The direction of a line's head end: a straight line through the points that bone encloses there.
Vec3 upwards(const std::vector<CanalPoint>& line) {
    const LpsPoint head = line.front().centre;
    double w = 0, z = 0, zz = 0;
    Vec3 p{}, pz{};
    for (const auto& point : line) {
        const Vec3 d = point.centre - head;
        if (norm(d) > direction_mm) break;
        const double weight = 0.02 + point.enclosed;
        w += weight, z += weight * d.z, zz += weight * d.z * d.z;
        p = p + d * weight, pz = pz + d * (weight * d.z);
    }
    const double spread = w * zz - z * z;
    if (spread <= 0) return {0, 0, 1};
    return unit((pz * w - p * z) * (1 / spread));
}

// The first point from the head end on with an arch behind it. Above the arch of C1 the clivus leads a line
// to the front.
std::size_t highest_arch(const Volume& coarse, const std::vector<CanalPoint>& line) {
    for (std::size_t n = 0; n + 1 < line.size(); ++n) {
        if (distance(line[n].centre, line.front().centre) > highest_arch_within_mm) break;
        if (arch_behind(coarse, line[n].centre)) return n;
    }
    return 0;
}

}  // namespace

bool in_cranium(const Volume& coarse, LpsPoint place) {
    const Vec3 from = coarse.grid.to_index(place);
    int closed = 0, beyond_arch = 0;
    for (int n = 0; n < directions; ++n) {
        const auto mm = bone_at(coarse, from, from_deg + n * between_deg, nearest_mm);
        closed += mm.has_value();
        beyond_arch += mm && *mm > beyond_arch_mm;
    }
    return closed >= fewest_closed && beyond_arch >= fewest_beyond_arch;
}

std::optional<int> lowest_brain_slice(const Volume& coarse, int threads) {
    const auto& grid = coarse.grid;
    const int step = std::max(1, static_cast<int>(std::lround(brain_slices_mm / grid.spacing_mm[2])));
    const int count = (grid.size[2] + step - 1) / step;
    std::vector<std::uint8_t> brain(static_cast<std::size_t>(count));
    parallel_for(threads, count,
                 [&](int n) { brain[static_cast<std::size_t>(n)] = shows_brain(coarse, n * step); });
    std::optional<int> lowest;
    for (int n = count - 1; n >= 0; --n) {
        if (brain[static_cast<std::size_t>(n)])
            lowest = n * step;
        else if (lowest && (*lowest - n * step) * grid.spacing_mm[2] > largest_gap_mm)
            break;
    }
    return lowest;
}

BelowSkull below_skull(const Volume& coarse, std::vector<CanalPoint> line) {
    const auto& grid = coarse.grid;
    const auto cut = first_below(coarse, line);
    line.erase(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(cut));
    if (line.size() < 2) return {std::move(line)};
    const auto arch = line.begin() + static_cast<std::ptrdiff_t>(highest_arch(coarse, line));
    const std::vector<CanalPoint> neck(arch, line.end());
    const double above_arch_mm = distance(line.front().centre, neck.front().centre);

    // Straight on to the foramen magnum, and a little farther.
    const CanalPoint head = neck.front();
    const Vec3 up = upwards(neck);
    BelowSkull result;
    double until_mm = cut > 0 ? above_arch_mm + into_skull_mm : foramen_within_mm;
    std::vector<CanalPoint> straight_on;
    for (double mm = grid.spacing_mm[2]; mm <= until_mm; mm += grid.spacing_mm[2]) {
        const LpsPoint at = head.centre + up * mm;
        if (grid.to_index(at).z > grid.size[2] - 1) break;
        straight_on.push_back({at, head.radius_mm, 0});
        if (result.ends_at_skull || !in_cranium(coarse, at)) continue;
        result.ends_at_skull = true;
        until_mm = std::min(until_mm, mm + into_skull_mm);
    }
    result.ends_at_skull = result.ends_at_skull || cut > 0;
    if (!result.ends_at_skull) return {std::move(line)};
    if (!straight_on.empty()) result.straight_on_mm = distance(straight_on.back().centre, head.centre);
    result.line.assign(straight_on.rbegin(), straight_on.rend());
    result.line.insert(result.line.end(), neck.begin(), neck.end());
    return result;
}

}  // namespace calcinode::spine
