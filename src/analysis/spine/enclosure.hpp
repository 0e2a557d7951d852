// How much a place looks like the spinal canal in one axial plane: soft tissue, bone in nearly every
// direction at the canal's distance, as far on one side as on the other, and a vertebral body in front.
#pragma once

#include <array>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::spine {

struct Enclosure {
    float score = 0;       // 0 to 1
    float radius_mm = 0;   // mean distance to bone of the directions that reach it
    float shift_x_mm = 0;  // from the place to the middle of the enclosing bone, to the left
    float shift_y_mm = 0;  // and to the back, in the plane that was looked at
    float sure_x = 0;      // how well each shift is known, 0 to 1: by bone on opposite sides
    float sure_y = 0;
};

// The plane at right angles to a line that goes down (any direction but the patient's left).
struct PlaneAxes {
    Vec3 left, back;
};
PlaneAxes plane_across(Vec3 down);

// What lies in one direction: bone at a distance, or none within reach.
struct Ray {
    bool hit = false;
    float mm = 0;
};

// Looks at the places of one coarse volume (see kernels/coarse.hpp), which must outlive it. Its calls may run
// on several threads at once.
class EnclosureFinder {
  public:
    // What measures at least `bone_hu` encloses.
    EnclosureFinder(const Volume& coarse, int bone_hu);

    Enclosure at(VoxelIndex place) const;
    // The same in any plane; the shifts are along its axes. Slower.
    Enclosure in_plane(LpsPoint place, const PlaneAxes& axes) const;
    // The scores of one slice, i fastest. A place with bone in fewer than half of eight directions has none.
    std::vector<float> scores(int k) const;

    static constexpr int directions = 16;

  private:
    struct Step {
        int di, dj;
        std::ptrdiff_t offset;  // of the voxel from the ray's start
        float mm;
    };

    template <bool inside_grid>
    Ray cast(VoxelIndex from, const std::vector<Step>& steps) const;
    template <bool inside_grid>
    Enclosure look(VoxelIndex place, float softness) const;
    float in_front(VoxelIndex from, float front_mm) const;
    float softness(VoxelIndex place) const;
    std::vector<std::uint8_t> bone_around(int k) const;

    const Volume& coarse_;
    int bone_hu_;
    std::array<std::vector<Step>, directions> rays_;
    int margin_i_ = 0, margin_j_ = 0;  // voxels that a ray reaches
};

}  // namespace calcinode::spine
