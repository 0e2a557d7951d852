// Candidates: places near the spine that are dense and solid, and what can be said about each of them.
//
// A deposit is solid: a ball fits into it, and within that ball it is about as dense as its densest part.
// Bone is a hard shell around a softer core, so that a ball that fits has much less density than the cortex
// beside it. The ratio of the two (here: solidity) marks the inside of deposits, and little else but the
// marrow of large bodies.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::deposits {

// What was measured of one candidate. All that the decision (decide.hpp) rests on is here.
struct Features {
    double volume_mm3 = 0;   // of the solid part
    double core_hu = 0;      // median of the opened attenuation
    double inner_hu = 0;     // median of the smoothed attenuation
    double thick = 0;        // what a larger ball, of 4.2 mm, keeps of core_hu
    double mirror = 0;       // the same on the other side, as a share of it (0: nothing there, 1: as dense)
    double repeat = 0;       // the like at the levels above and below, as a share (second-highest reference)
    double levels = 0;       // the densest at its place at the levels above and below, same side, as a share
    double cortex = 0;       // share of directions that cross something denser before they leave it
    double soft_exit = 0;    // share of directions that leave it into soft tissue within reach
    double canal_share = 0;  // share of its voxels inside the canal
    double body_share = 0;   // share of its voxels where a vertebral body or its marrow belongs
    double air_mm = 0;       // distance from its surface to the nearest air, at most 8
};

struct Candidate {
    spine::CurvedPoint centre;
    Features features;
    std::vector<std::uint32_t> voxels;  // offsets into the straightened block
};

// The straightened block seen through balls of several sizes; see the top of this file.
struct SolidTissue {
    kernels::Block smooth;   // the attenuation without noise
    kernels::Block opened;   // what a ball that fits into a small deposit keeps of it
    kernels::Block thick;    // the same for a larger ball
    kernels::Block densest;  // the highest attenuation close by
};
SolidTissue solid_tissue(const spine::Straight& straight, int threads);

// Candidates from `first_s` on (the skull base ends above it), head end first.
std::vector<Candidate> find_candidates(const SolidTissue& tissue, const spine::Frame& frame, int first_s,
                                       int threads);

}  // namespace calcinode::deposits
