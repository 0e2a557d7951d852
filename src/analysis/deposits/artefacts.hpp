// What the scan shows that is not there: around metal, where the patient moved, and noise.
#pragma once

#include <vector>

#include "analysis/deposits/metal.hpp"
#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

class Artefacts {
  public:
    // `volume` must outlive this.
    Artefacts(const Volume& volume, const std::vector<MotionStep>& motion, int threads);

    // Millimetres from a voxel to the nearest metal (see metal.hpp), and along the slices to the nearest step
    // of motion; infinity where there is none.
    double to_metal_mm(VoxelIndex v) const { return metal_.distance_mm(v); }
    double to_motion_mm(VoxelIndex v) const;
    double noise_hu() const { return noise_hu_; }  // see noise.hpp

  private:
    Metal metal_;
    double between_mm_;          // slices
    std::vector<double> steps_;  // slices, with halves: a step lies between two
    double noise_hu_;
};

}  // namespace calcinode::deposits
