// What the distances to bone around a place, and the attenuations there, say of a canal: the part of the
// enclosures (see spine/enclosure.hpp) that is the same in axial and in tilted planes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "analysis/spine/enclosure.hpp"

namespace calcinode::spine {

constexpr std::size_t ray_count = EnclosureFinder::directions;
using Rays = std::array<Ray, ray_count>;
constexpr std::size_t front_ray = ray_count * 3 / 4;  // -y, the patient's front

// Unit vectors, the first one to the left, the next ones turning to the back.
const std::array<std::array<double, 2>, ray_count>& ray_directions();

constexpr int air_hu = -300;     // no air touches the canal; fat does
constexpr double reach_mm = 24;  // a lumbar canal is up to 30 mm wide: 24 allows for an off-centre start
// The vertebral body is looked for between these distances in front of the bone in front.
// Beyond its posterior wall: behind any other enclosing cortex (ilium, femur, skull) lies muscle or brain.
constexpr float body_near_mm = 5, body_far_mm = 14, body_half_width_mm = 6;

constexpr float ramp(float value, float zero, float one) {
    return std::clamp((value - zero) / (one - zero), 0.0F, 1.0F);
}

struct Softness {
    float low_hu, full_low_hu, full_high_hu, high_hu;
    float of(float hu) const {
        return hu < full_low_hu ? ramp(hu, low_hu, full_low_hu) : ramp(hu, high_hu, full_high_hu);
    }
};

// Half the directions open can't become a canal: stop early, most places are like that.
struct Openness {
    int open = 0;
    bool still_closed(const Ray& ray) { return (open += !ray.hit) <= static_cast<int>(ray_count) / 2; }
};

// Whether there is a body is for the caller to say: `body_hu` is the mean attenuation in front of the bone
// that the ray to the front reaches; it does not count where that ray is open.
Enclosure assess(const Rays& rays, float soft, float body_hu);

}  // namespace calcinode::spine
