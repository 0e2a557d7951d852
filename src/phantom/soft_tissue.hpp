// What is not bone: skin, fat, muscles, pharynx and airway, oesophagus, vessels, glands, cord and its sac,
// lung apices; and the couch below.
#pragma once

#include "phantom/canvas.hpp"
#include "phantom/random.hpp"
#include "phantom/spine_plan.hpp"

namespace calcinode::phantom {

constexpr float air_hu = -1000;
constexpr float fat_hu = -100;
constexpr float muscle_hu = 55;

// Paints the whole body; bones come after it. `neck` is the neck's frame in LPS.
void paint_soft_tissue(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                       Random& random);

}  // namespace calcinode::phantom
