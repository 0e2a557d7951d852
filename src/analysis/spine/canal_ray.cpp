#include "analysis/spine/canal_ray.hpp"

#include <algorithm>

namespace calcinode::spine {
namespace {

// The wall is where the attenuation is halfway from fluid to the densest bone just behind: so it stays where
// it is whatever the kernel and the voxels make of the cortex. Bone at all is what no soft tissue reaches.
constexpr double bone_hu = 130, highest_wall_hu = 350;

}  // namespace

double wall_mm(const RayProfile& hu) {
    constexpr int reached = static_cast<int>(ray_reach_mm / ray_step_mm),
                  behind = static_cast<int>(ray_behind_mm / ray_step_mm);
    const auto at = [&](int n) { return hu[static_cast<std::size_t>(n)]; };
    int bone = 0;
    while (bone <= reached && at(bone) < bone_hu) ++bone;
    if (bone == 0 || bone > reached) return 0;
    const double peak = *std::max_element(hu.begin() + bone, hu.begin() + bone + behind);
    const double wall_hu = std::min(highest_wall_hu, (canal_fluid_hu + peak) / 2);
    // From the peak's side of the first bone, or from the fluid's.
    int n = bone;
    while (n > 1 && at(n - 1) >= wall_hu) --n;
    while (n < bone + behind && at(n) < wall_hu) ++n;
    const double before = at(n - 1), after = at(n);
    const double back = after > before ? std::clamp((after - wall_hu) / (after - before), 0.0, 1.0) : 0;
    return (n - back) * ray_step_mm;
}

}  // namespace calcinode::spine
