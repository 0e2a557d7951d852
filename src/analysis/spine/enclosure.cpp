#include "analysis/spine/enclosure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

// At 2 mm the arches are thin: their average with what lies beside them is well below cortex, and above any
// soft tissue without contrast.
constexpr int bone_hu = 160;
constexpr int air_hu = -300;     // no air touches the canal; fat does
constexpr double reach_mm = 24;  // a lumbar canal is up to 30 mm wide: 24 allows for an off-centre start
constexpr int directions = 16;
constexpr double smallest_radius_mm = 3.5, small_radius_mm = 5.5;  // thoracic canal: 7 to 9
constexpr double large_radius_mm = 13.5, largest_radius_mm = 18;   // foramen magnum, C1: 13 to 15
// Cord and fluid measure 0 to 60 HU; marrow that bone encloses just as well seldom less than 100.
constexpr double soft_low_hu = -100, soft_full_low_hu = -40, soft_full_high_hu = 75, soft_high_hu = 140;
// The vertebral body is looked for between these distances in front of the bone in front.
// Beyond its posterior wall: behind any other enclosing cortex (ilium, femur, skull) lies muscle or brain.
constexpr double body_near_mm = 5, body_far_mm = 14;
constexpr double body_soft_hu = 65, body_sure_hu = 140;  // muscle; old marrow, or a disc's edge
constexpr double without_body = 0.12;                    // what is left of the score without one

double ramp(double value, double zero, double one) {
    return std::clamp((value - zero) / (one - zero), 0.0, 1.0);
}

struct Ray {
    bool hit = false;
    double mm = 0;
};

Ray cast(const Volume& coarse, VoxelIndex from, double dx, double dy, double step_mm) {
    const auto& grid = coarse.grid;
    for (double t = step_mm; t <= reach_mm; t += step_mm) {
        const VoxelIndex v{from.i + static_cast<int>(std::lround(dx * t / grid.spacing_mm[0])),
                           from.j + static_cast<int>(std::lround(dy * t / grid.spacing_mm[1])), from.k};
        if (!grid.contains(v)) return {};
        const int hu = coarse.at(v);
        if (hu < air_hu) return {};
        if (hu >= bone_hu) return {true, t};
    }
    return {};
}

const std::array<std::array<double, 2>, directions>& ray_directions() {
    static const auto table = [] {
        std::array<std::array<double, 2>, directions> d{};
        for (std::size_t n = 0; n < directions; ++n) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(n) / directions;
            d[n] = {std::cos(angle), std::sin(angle)};
        }
        return d;
    }();
    return table;
}

// Mean attenuation of a patch in front of the bone that the ray to the front reaches.
double in_front(const Volume& coarse, VoxelIndex from, double front_mm) {
    const auto& grid = coarse.grid;
    const int first = static_cast<int>(std::lround((front_mm + body_near_mm) / grid.spacing_mm[1]));
    const int last = static_cast<int>(std::lround((front_mm + body_far_mm) / grid.spacing_mm[1]));
    const int half = std::max(1, static_cast<int>(std::lround(6 / grid.spacing_mm[0])));
    double sum = 0;
    int count = 0;
    for (int dj = first; dj <= last; ++dj)
        for (int di = -half; di <= half; ++di) {
            const VoxelIndex v{from.i + di, from.j - dj, from.k};
            if (!grid.contains(v)) continue;
            sum += coarse.at(v);
            ++count;
        }
    return count > 0 ? sum / count : -1000;
}

double softness(const Volume& coarse, VoxelIndex place) {
    double sum = 0;
    int count = 0;
    for (int dj = -1; dj <= 1; ++dj)
        for (int di = -1; di <= 1; ++di) {
            const VoxelIndex v{place.i + di, place.j + dj, place.k};
            if (!coarse.grid.contains(v)) continue;
            sum += coarse.at(v);
            ++count;
        }
    const double mean = sum / count;
    return mean < soft_full_low_hu ? ramp(mean, soft_low_hu, soft_full_low_hu)
                                   : ramp(mean, soft_high_hu, soft_full_high_hu);
}

}  // namespace

Enclosure enclosure_at(const Volume& coarse, VoxelIndex place) {
    const int hu = coarse.at(place);
    if (hu < soft_low_hu || hu > soft_high_hu) return {};
    const double soft = softness(coarse, place);
    if (soft <= 0) return {};

    const double step = std::min(coarse.grid.spacing_mm[0], coarse.grid.spacing_mm[1]) * 0.75;
    std::array<Ray, directions> rays{};
    int hits = 0;
    for (std::size_t n = 0; n < directions; ++n) {
        rays[n] = cast(coarse, place, ray_directions()[n][0], ray_directions()[n][1], step);
        hits += rays[n].hit;
        // Half the directions open can't become a canal: stop early, most places are like that.
        if (static_cast<int>(n) + 1 - hits > directions / 2) return {};
    }
    double balance = 0, radius = 0, sx = 0, sy = 0;
    int pairs = 0;
    for (std::size_t n = 0; n < directions; ++n)
        if (rays[n].hit) radius += rays[n].mm;
    radius /= hits;
    for (std::size_t n = 0; n < directions / 2; ++n) {
        const auto &a = rays[n], &b = rays[n + directions / 2];
        if (!a.hit || !b.hit) continue;
        ++pairs;
        balance += 1 - std::abs(a.mm - b.mm) / (a.mm + b.mm);
        sx += ray_directions()[n][0] * (a.mm - b.mm) / 2;
        sy += ray_directions()[n][1] * (a.mm - b.mm) / 2;
    }
    if (pairs == 0) return {};
    balance /= pairs;
    const double open = static_cast<double>(hits) / directions;
    const double size = radius < small_radius_mm ? ramp(radius, smallest_radius_mm, small_radius_mm)
                                                 : ramp(radius, largest_radius_mm, large_radius_mm);
    constexpr std::size_t front = directions * 3 / 4;  // -y, the patient's front
    const double body =
        rays[front].hit ? ramp(in_front(coarse, place, rays[front].mm), body_soft_hu, body_sure_hu) : 0;
    Enclosure result;
    result.score =
        static_cast<float>(open * balance * size * soft * (without_body + (1 - without_body) * body));
    result.radius_mm = static_cast<float>(radius);
    // For the offset u of a circle's middle, (a - b) / 2 = u . d; the mean of d d' over a half turn is 1/2.
    result.shift_x_mm = static_cast<float>(2 * sx / pairs);
    result.shift_y_mm = static_cast<float>(2 * sy / pairs);
    return result;
}

std::vector<float> enclosure_scores(const Volume& coarse, int k) {
    const auto [nx, ny, nz] = coarse.grid.size;
    std::vector<float> scores(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny));
    auto out = scores.begin();
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) *out++ = enclosure_at(coarse, {i, j, k}).score;
    return scores;
}

}  // namespace calcinode::spine
