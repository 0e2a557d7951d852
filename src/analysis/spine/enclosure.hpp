// How much a place looks like the spinal canal in one axial plane: soft tissue, bone in nearly every
// direction at the canal's distance, as far on one side as on the other, and a vertebral body in front.
#pragma once

#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::spine {

struct Enclosure {
    float score = 0;       // 0 to 1
    float radius_mm = 0;   // mean distance to bone of the directions that reach it
    float shift_x_mm = 0;  // from the place to the middle of the enclosing bone
    float shift_y_mm = 0;
};

// The scores of one slice of a coarse volume (see kernels/coarse.hpp), i fastest.
std::vector<float> enclosure_scores(const Volume& coarse, int k);
Enclosure enclosure_at(const Volume& coarse, VoxelIndex place);

}  // namespace calcinode::spine
