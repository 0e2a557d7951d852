#include "analysis/spine/enclosure_score.hpp"

namespace calcinode::spine {
namespace {

// A thin posterior wall in 3 mm voxels; where the place is known roughly, a disc's fibres may count as well.
constexpr int wall_hu = 130;
// Where the canal's place is known roughly already, the sacral canal's fat is no doubt, and marrow is.
constexpr Softness cord_or_fat{-140, -95, 70, 115};

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

Ray cast_along(const PlaneSamples& plane, std::array<double, 2> along) {
    constexpr double step_mm = 1;
    for (double t = step_mm; t <= reach_mm; t += step_mm) {
        const int hu = plane.at(along[0] * t, along[1] * t);
        if (hu < air_hu) return {};
        if (hu >= wall_hu) return {true, static_cast<float>(t)};
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
    for (std::size_t n = 0; n < ray_count; ++n) {
        rays[n] = cast_along(plane, ray_directions()[n]);
        if (!openness.still_closed(rays[n])) return {};
    }
    const float front_mm = rays[front_ray].mm;
    return assess(rays, soft,
                  plane.mean(-body_half_width_mm, body_half_width_mm, -front_mm - body_far_mm,
                             -front_mm - body_near_mm));
}

}  // namespace calcinode::spine
