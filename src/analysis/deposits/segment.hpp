// The outline of a deposit in the volume's own voxels, from its solid middle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/deposits/candidates.hpp"
#include "analysis/deposits/voxel_box.hpp"
#include "analysis/kernels/memory.hpp"
#include "analysis/spine/frame.hpp"

namespace calcinode::deposits {

// What belongs to the candidate's deposit: above half of its density, hanging together with its middle, and
// more likely its own than the bone's beside it. For each dense voxel near the middle, attenuation, distance,
// and what the other side and the neighbouring vertebrae show there speak for one or the other; neighbours of
// like attenuation go together.
class Segmenter {
  public:
    // `volume` must outlive this; the rest need not.
    Segmenter(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
              const Observer& observer, const Candidate& candidate);

    // Offsets of the volume's voxels, ascending.
    std::vector<std::size_t> outline() const;
    // No further from the solid middle than must be: part of a deposit that lies among bone of its own
    // density, where the outline runs out into that.
    std::vector<std::size_t> close_outline() const;

  private:
    std::vector<std::size_t> outline_within(double far_per_mm) const;

    const Grid* grid_;
    VoxelBox box_;
    std::vector<std::int16_t> hu_;
    kernels::Large<float> distance_;   // of each voxel from the nearest solid centre
    std::vector<std::uint8_t> dense_;  // above the edge, in reach
    std::vector<float> own_;  // log of how much more likely a deposit's than bone's, wherever it lies
};

}  // namespace calcinode::deposits
