// The bones of the spine as shapes: bodies, arches, processes, the dens and the atlas, skull base and first
// ribs; and the discs between.
#pragma once

#include "phantom/canvas.hpp"
#include "phantom/random.hpp"
#include "phantom/spine_plan.hpp"

namespace calcinode::phantom {

// Attenuation and build of a bone.
struct BoneMatter {
    float cortex_mm = 1.2F;
    float cortex_hu = 880;
    float marrow_hu = 240;
    float trabecular_hu = 90;  // amplitude of the marrow's texture
};

// Bone by depth: cortex, then marrow with its trabeculae. `d` is the signed distance to the surface.
float bone_hu(const BoneMatter& matter, const NoiseField& noise, Point p, float d);

// Signed distance to the vertebral canal within one vertebra.
float canal_distance(const VertebraPlan& v, Point p);

// Paints discs, then all vertebrae of the plan that the canvas sees. `neck` is the neck's frame in LPS.
void paint_spine(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                 Random& random);

}  // namespace calcinode::phantom
