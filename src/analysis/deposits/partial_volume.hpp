// How much of each voxel is deposit: a deposit's edge runs through voxels, not between them.
#pragma once

#include <array>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

// Shares of the voxels of a box around a deposit. A voxel inside counts whole whatever its attenuation, and
// so does one beside something else that is dense (bone, marrow). At the edge to soft tissue a voxel, of the
// mask or just outside of it, counts by where its attenuation is between that of the inside and that of the
// soft tissue, both taken close by. Noise may make a share less than 0 or more than 1: in the sum it cancels
// out. So the sum does not depend on the threshold by which the mask was made, as long as it was about half.
struct Shares {
    VoxelIndex low;             // first voxel of the box
    std::array<int, 3> size{};  // of the box
    std::vector<float> share;   // i fastest

    float at(VoxelIndex v) const;  // 0 outside of the box
    double sum() const;            // voxels
};

// `mask` holds at least one voxel, and lies within the volume.
Shares shares_of(const Volume& volume, const VoxelMask& mask);

}  // namespace calcinode::deposits
