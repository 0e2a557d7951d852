#include "analysis/spine/enclosure_score.hpp"

#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

constexpr float smallest_radius_mm = 3.5F, small_radius_mm = 5.5F;  // thoracic canal: 7 to 9
constexpr float large_radius_mm = 13.5F, largest_radius_mm = 18;    // foramen magnum, C1: 13 to 15
constexpr float near_axis = 0.9F;                                   // cosine of 25 degrees
constexpr float wide_diameter_mm = 30, beyond_diameter_mm = 42;     // of any vertebra's canal
constexpr float body_soft_hu = 65, body_sure_hu = 140;              // muscle; old marrow, or a disc's edge
constexpr float without_body = 0.12F;                               // what is left of the score without one

}  // namespace

const std::array<std::array<double, 2>, ray_count>& ray_directions() {
    static const auto table = [] {
        std::array<std::array<double, 2>, ray_count> d{};
        for (std::size_t n = 0; n < ray_count; ++n) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(n) / ray_count;
            d[n] = {std::cos(angle), std::sin(angle)};
        }
        return d;
    }();
    return table;
}

Enclosure assess(const Rays& rays, float soft, float body_hu) {
    float balance = 0, radius = 0, sx = 0, sy = 0, xx = 0, yy = 0;
    int pairs = 0, hits = 0;
    for (const auto& ray : rays)
        if (ray.hit) radius += ray.mm, ++hits;
    for (std::size_t n = 0; n < ray_count / 2; ++n) {
        const auto &a = rays[n], &b = rays[n + ray_count / 2];
        if (!a.hit || !b.hit) continue;
        ++pairs;
        const float even = 1 - std::abs(a.mm - b.mm) / (a.mm + b.mm);
        balance += even;
        // A ray that passes through a disc or a foramen meets other bone, far away.
        const float trust = even * even * ramp(a.mm + b.mm, beyond_diameter_mm, wide_diameter_mm);
        const auto dx = static_cast<float>(ray_directions()[n][0]),
                   dy = static_cast<float>(ray_directions()[n][1]);
        if (std::abs(dx) > near_axis) sx += trust * dx * (a.mm - b.mm) / 2, xx += trust * dx * dx;
        if (std::abs(dy) > near_axis) sy += trust * dy * (a.mm - b.mm) / 2, yy += trust * dy * dy;
    }
    if (pairs == 0) return {};
    radius /= static_cast<float>(hits);
    balance /= static_cast<float>(pairs);
    const float closed = static_cast<float>(hits) / ray_count;
    const float size = radius < small_radius_mm ? ramp(radius, smallest_radius_mm, small_radius_mm)
                                                : ramp(radius, largest_radius_mm, large_radius_mm);
    const float body = rays[front_ray].hit ? ramp(body_hu, body_soft_hu, body_sure_hu) : 0;
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

}  // namespace calcinode::spine
