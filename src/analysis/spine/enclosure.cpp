#include "analysis/spine/enclosure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

// At 2 mm the arches are thin: their average with what lies beside them is well below cortex, and above any
// soft tissue without contrast.
constexpr int bone_hu = 160;
// A thin posterior wall in 3 mm voxels; where the place is known roughly, a disc's fibres may count as well.
constexpr int wall_hu = 130;
constexpr int air_hu = -300;     // no air touches the canal; fat does
constexpr double reach_mm = 24;  // a lumbar canal is up to 30 mm wide: 24 allows for an off-centre start
constexpr int directions = EnclosureFinder::directions;
constexpr float smallest_radius_mm = 3.5F, small_radius_mm = 5.5F;  // thoracic canal: 7 to 9
constexpr float large_radius_mm = 13.5F, largest_radius_mm = 18;    // foramen magnum, C1: 13 to 15
constexpr float near_axis = 0.9F;                                   // cosine of 25 degrees
constexpr float wide_diameter_mm = 30, beyond_diameter_mm = 42;     // of any vertebra's canal
// The vertebral body is looked for between these distances in front of the bone in front.
// Beyond its posterior wall: behind any other enclosing cortex (ilium, femur, skull) lies muscle or brain.
constexpr float body_near_mm = 5, body_far_mm = 14, body_half_width_mm = 6;
constexpr float body_soft_hu = 65, body_sure_hu = 140;  // muscle; old marrow, or a disc's edge
constexpr float without_body = 0.12F;                   // what is left of the score without one

using Rays = std::array<Ray, directions>;
constexpr std::size_t front_ray = directions * 3 / 4;  // -y, the patient's front

float ramp(float value, float zero, float one) {
    return std::clamp((value - zero) / (one - zero), 0.0F, 1.0F);
}

std::array<double, 2> direction(int n) {
    const double angle = 2 * std::numbers::pi * n / directions;
    return {std::cos(angle), std::sin(angle)};
}

const std::array<std::array<float, 2>, directions>& ray_directions() {
    static const auto table = [] {
        std::array<std::array<float, 2>, directions> d{};
        for (std::size_t n = 0; n < directions; ++n) {
            const auto [x, y] = direction(static_cast<int>(n));
            d[n] = {static_cast<float>(x), static_cast<float>(y)};
        }
        return d;
    }();
    return table;
}

// Half the directions open can't become a canal: stop early, most places are like that.
struct Openness {
    int open = 0;
    bool still_closed(const Ray& ray) { return (open += !ray.hit) <= directions / 2; }
};

struct Softness {
    float low_hu, full_low_hu, full_high_hu, high_hu;
    float of(float hu) const {
        return hu < full_low_hu ? ramp(hu, low_hu, full_low_hu) : ramp(hu, high_hu, full_high_hu);
    }
};
// Cord and fluid measure 0 to 60 HU; marrow that bone encloses just as well seldom less than 100.
constexpr Softness cord{-100, -40, 75, 140};
// Where the canal's place is known roughly already, the sacral canal's fat is no doubt, and marrow is.
constexpr Softness cord_or_fat{-140, -95, 70, 115};

// `body_hu(mm)`: the attenuation behind the bone that the ray to the front reaches.
template <class BodyHu>
Enclosure assess(const Rays& rays, float soft, BodyHu&& body_hu) {
    float balance = 0, radius = 0, sx = 0, sy = 0, xx = 0, yy = 0;
    int pairs = 0, hits = 0;
    for (const auto& ray : rays)
        if (ray.hit) radius += ray.mm, ++hits;
    for (std::size_t n = 0; n < directions / 2; ++n) {
        const auto &a = rays[n], &b = rays[n + directions / 2];
        if (!a.hit || !b.hit) continue;
        ++pairs;
        const float even = 1 - std::abs(a.mm - b.mm) / (a.mm + b.mm);
        balance += even;
        // A ray that passes through a disc or a foramen meets other bone, far away.
        const float trust = even * even * ramp(a.mm + b.mm, beyond_diameter_mm, wide_diameter_mm);
        const auto [dx, dy] = ray_directions()[n];
        if (std::abs(dx) > near_axis) sx += trust * dx * (a.mm - b.mm) / 2, xx += trust * dx * dx;
        if (std::abs(dy) > near_axis) sy += trust * dy * (a.mm - b.mm) / 2, yy += trust * dy * dy;
    }
    if (pairs == 0) return {};
    radius /= static_cast<float>(hits);
    balance /= static_cast<float>(pairs);
    const float closed = static_cast<float>(hits) / directions;
    const float size = radius < small_radius_mm ? ramp(radius, smallest_radius_mm, small_radius_mm)
                                                : ramp(radius, largest_radius_mm, large_radius_mm);
    const float body =
        rays[front_ray].hit ? ramp(body_hu(rays[front_ray].mm), body_soft_hu, body_sure_hu) : 0;
    // Each way on its own, by the rays near it: the middle between front and back wall, as a reader measures
    // it, is not that of all bone around a triangular lumbar canal.
    constexpr float hold = 0.3F, all_rays = 2.7F;  // the sum of their squared parts along the axis
    return {closed * balance * size * soft * (without_body + (1 - without_body) * body),
            radius,
            sx / (xx + hold),
            sy / (yy + hold),
            xx / all_rays,
            yy / all_rays};
}

// Voxels to the nearest bone in one direction, for each place of a slice, from those of the place one step
// ahead: `far` where air or the slice's edge comes first.
constexpr std::uint8_t far = 255;

std::uint8_t one_further(std::int16_t hu, std::uint8_t ahead) {
    if (hu >= bone_hu) return 0;
    if (hu < air_hu) return far;
    return ahead == far ? far : static_cast<std::uint8_t>(ahead + 1);
}

}  // namespace

EnclosureFinder::EnclosureFinder(const Volume& coarse) : coarse_(coarse) {
    const auto& grid = coarse.grid;
    const double step_mm = std::min(grid.spacing_mm[0], grid.spacing_mm[1]) * 0.75;
    for (int n = 0; n < directions; ++n) {
        const auto [dx, dy] = direction(n);
        auto& steps = rays_[static_cast<std::size_t>(n)];
        for (double t = step_mm; t <= reach_mm; t += step_mm) {
            const int di = static_cast<int>(std::lround(dx * t / grid.spacing_mm[0]));
            const int dj = static_cast<int>(std::lround(dy * t / grid.spacing_mm[1]));
            if (!steps.empty() && steps.back().di == di && steps.back().dj == dj) continue;
            steps.push_back(
                {di, dj, static_cast<std::ptrdiff_t>(dj) * grid.size[0] + di, static_cast<float>(t)});
            margin_i_ = std::max(margin_i_, std::abs(di));
            margin_j_ = std::max(margin_j_, std::abs(dj));
        }
    }
}

template <bool inside_grid>
Ray EnclosureFinder::cast(VoxelIndex from, const std::vector<Step>& steps) const {
    const std::int16_t* const start = &coarse_.hu[coarse_.grid.offset(from)];
    for (const auto& step : steps) {
        if constexpr (!inside_grid)
            if (!coarse_.grid.contains({from.i + step.di, from.j + step.dj, from.k})) return {};
        const int hu = start[step.offset];
        if (hu < air_hu) return {};
        if (hu >= bone_hu) return {true, step.mm};
    }
    return {};
}

// Mean attenuation of a patch in front of the bone that the ray to the front reaches.
float EnclosureFinder::in_front(VoxelIndex from, float front_mm) const {
    const auto& grid = coarse_.grid;
    const int first = static_cast<int>(std::lround((front_mm + body_near_mm) / grid.spacing_mm[1]));
    const int last = static_cast<int>(std::lround((front_mm + body_far_mm) / grid.spacing_mm[1]));
    const int half = std::max(1, static_cast<int>(std::lround(body_half_width_mm / grid.spacing_mm[0])));
    int sum = 0, count = 0;
    for (int j = std::max(0, from.j - last); j <= from.j - first; ++j)
        for (int i = std::max(0, from.i - half); i <= std::min(grid.size[0] - 1, from.i + half); ++i) {
            sum += coarse_.at({i, j, from.k});
            ++count;
        }
    constexpr float nothing_hu = -1000;
    return count > 0 ? static_cast<float>(sum) / static_cast<float>(count) : nothing_hu;
}

// How much like cord and fluid a place and its neighbours are.
float EnclosureFinder::softness(VoxelIndex place) const {
    const auto& size = coarse_.grid.size;
    int sum = 0, count = 0;
    for (int j = std::max(0, place.j - 1); j <= std::min(size[1] - 1, place.j + 1); ++j)
        for (int i = std::max(0, place.i - 1); i <= std::min(size[0] - 1, place.i + 1); ++i) {
            sum += coarse_.at({i, j, place.k});
            ++count;
        }
    return cord.of(static_cast<float>(sum) / static_cast<float>(count));
}

template <bool inside_grid>
Enclosure EnclosureFinder::look(VoxelIndex place, float soft) const {
    Rays rays{};
    Openness openness;
    for (std::size_t n = 0; n < directions; ++n) {
        rays[n] = cast<inside_grid>(place, rays_[n]);
        if (!openness.still_closed(rays[n])) return {};
    }
    return assess(rays, soft, [&](float front_mm) { return in_front(place, front_mm); });
}

Enclosure EnclosureFinder::at(VoxelIndex place) const {
    const auto hu = static_cast<float>(coarse_.at(place));
    if (hu < cord.low_hu || hu > cord.high_hu) return {};
    const float soft = softness(place);
    if (soft <= 0) return {};
    const auto& size = coarse_.grid.size;
    const bool inside = place.i >= margin_i_ && place.i < size[0] - margin_i_ && place.j >= margin_j_ &&
                        place.j < size[1] - margin_j_;
    return inside ? look<true>(place, soft) : look<false>(place, soft);
}

namespace {

// The nearest voxels of a coarse volume along the axes of any plane.
class PlaneSamples {
  public:
    PlaneSamples(const Volume& coarse, LpsPoint place, const PlaneAxes& axes)
        : coarse_(coarse), centre_(coarse.grid.to_index(place) + Vec3{0.5, 0.5, 0.5}) {
        const auto& grid = coarse.grid;
        const auto index_step = [&](Vec3 along) {
            return Vec3{dot(along, grid.axis[0]) / grid.spacing_mm[0],
                        dot(along, grid.axis[1]) / grid.spacing_mm[1],
                        dot(along, grid.axis[2]) / grid.spacing_mm[2]};
        };
        left_ = index_step(axes.left), back_ = index_step(axes.back);
    }

    // Attenuation at so many millimetres to the left and to the back; outside of the volume air.
    int at(double u, double v) const {
        const Vec3 p = centre_ + left_ * u + back_ * v;
        if (p.x < 0 || p.y < 0 || p.z < 0) return outside_hu;
        const VoxelIndex voxel{static_cast<int>(p.x), static_cast<int>(p.y), static_cast<int>(p.z)};
        return coarse_.grid.contains(voxel) ? coarse_.at(voxel) : outside_hu;
    }
    float mean(double from_u, double to_u, double from_v, double to_v) const {
        constexpr double step_mm = 2;
        int sum = 0, count = 0;
        for (double v = from_v; v <= to_v; v += step_mm)
            for (double u = from_u; u <= to_u; u += step_mm) sum += at(u, v), ++count;
        return static_cast<float>(sum) / static_cast<float>(std::max(1, count));
    }

  private:
    static constexpr int outside_hu = -1024;
    const Volume& coarse_;
    Vec3 centre_, left_, back_;
};

Ray cast_in_plane(const PlaneSamples& plane, std::array<float, 2> along) {
    constexpr float step_mm = 1;
    for (float t = step_mm; t <= static_cast<float>(reach_mm); t += step_mm) {
        const int hu = plane.at(along[0] * t, along[1] * t);
        if (hu < air_hu) return {};
        if (hu >= wall_hu) return {true, t};
    }
    return {};
}

}  // namespace

PlaneAxes plane_across(Vec3 down) {
    const Vec3 patient_left{1, 0, 0};
    const Vec3 left = unit(patient_left - down * dot(patient_left, down));
    return {left, cross(left, down)};
}

Enclosure EnclosureFinder::in_plane(LpsPoint place, const PlaneAxes& axes) const {
    const PlaneSamples plane(coarse_, place, axes);
    const float soft = cord_or_fat.of(plane.mean(-2, 2, -2, 2));
    if (soft <= 0) return {};
    Rays rays{};
    Openness openness;
    for (std::size_t n = 0; n < directions; ++n) {
        rays[n] = cast_in_plane(plane, ray_directions()[n]);
        if (!openness.still_closed(rays[n])) return {};
    }
    return assess(rays, soft, [&](float front_mm) {
        return plane.mean(-body_half_width_mm, body_half_width_mm, -front_mm - body_far_mm,
                          -front_mm - body_near_mm);
    });
}

// In how many of the eight directions to the neighbours each place of a slice has bone within reach. Runs
// along rows and columns instead of rays: a few operations a place, for all places.
std::vector<std::uint8_t> EnclosureFinder::bone_around(int k) const {
    const auto& grid = coarse_.grid;
    const int nx = grid.size[0], ny = grid.size[1];
    const auto width = static_cast<std::size_t>(nx);
    const auto voxels_within = [&](double step_mm) {
        return static_cast<std::uint8_t>(std::min(254.0, std::ceil(reach_mm / step_mm)));
    };
    const auto along_i = voxels_within(grid.spacing_mm[0]), along_j = voxels_within(grid.spacing_mm[1]),
               diagonal = voxels_within(std::hypot(grid.spacing_mm[0], grid.spacing_mm[1]));
    std::vector<std::uint8_t> count(width * static_cast<std::size_t>(ny), 0);

    for (int j = 0; j < ny; ++j) {
        const std::int16_t* hu = &coarse_.hu[grid.offset({0, j, k})];
        std::uint8_t* out = &count[static_cast<std::size_t>(j) * width];
        std::uint8_t left = far, right = far;
        for (int i = 0; i < nx; ++i) {
            left = one_further(hu[i], left);
            out[i] = static_cast<std::uint8_t>(out[i] + (left <= along_i));
        }
        for (int i = nx - 1; i >= 0; --i) {
            right = one_further(hu[i], right);
            out[i] = static_cast<std::uint8_t>(out[i] + (right <= along_i));
        }
    }
    // Rows with a place more at either end, outside the slice.
    std::vector<std::uint8_t> straight(width + 2), falling(width + 2), rising(width + 2);
    std::vector<std::uint8_t> last_falling(width + 2), last_rising(width + 2);
    const auto row = [&](int j) {
        std::swap(falling, last_falling);
        std::swap(rising, last_rising);
        const std::int16_t* hu = &coarse_.hu[grid.offset({0, j, k})];
        std::uint8_t* out = &count[static_cast<std::size_t>(j) * width];
        for (std::size_t i = 0; i < width; ++i) {
            straight[i + 1] = one_further(hu[i], straight[i + 1]);
            falling[i + 1] = one_further(hu[i], last_falling[i]);
            rising[i + 1] = one_further(hu[i], last_rising[i + 2]);
            out[i] += static_cast<std::uint8_t>((straight[i + 1] <= along_j) + (falling[i + 1] <= diagonal) +
                                                (rising[i + 1] <= diagonal));
        }
    };
    const auto forget = [&] {
        for (auto* runs : {&straight, &falling, &rising, &last_falling, &last_rising})
            std::ranges::fill(*runs, far);
    };
    forget();
    for (int j = 0; j < ny; ++j) row(j);
    forget();
    for (int j = ny - 1; j >= 0; --j) row(j);
    return count;
}

std::vector<float> EnclosureFinder::scores(int k) const {
    const auto [nx, ny, nz] = coarse_.grid.size;
    const auto around = bone_around(k);
    std::vector<float> scores(around.size(), 0);
    constexpr int directions_of_runs = 8;
    for (std::size_t n = 0; n < scores.size(); ++n)
        if (around[n] >= directions_of_runs / 2)
            scores[n] = at({static_cast<int>(n) % nx, static_cast<int>(n) / nx, k}).score;
    return scores;
}

}  // namespace calcinode::spine
