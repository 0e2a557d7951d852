// Metal in the view: screws, plates, fillings of teeth, dense contrast medium. The streaks that it throws
// look like faint deposits.
#pragma once

#include <array>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

inline constexpr double metal_hu = 2500;  // enamel is up to 2500, deposits up to about 1500

class Metal {
  public:
    explicit Metal(const Volume& volume, int threads = 1);

    // Millimetres from a voxel to the nearest metal of its axial slice or of those right beside it: streaks
    // run in the plane of the rays. Infinity where there is none.
    double distance_mm(VoxelIndex v) const;

  private:
    const Grid* grid_;                                     // of the volume, which must outlive this
    std::vector<std::vector<std::array<int, 2>>> slices_;  // (i, j) of each slice's metal
};

}  // namespace calcinode::deposits
