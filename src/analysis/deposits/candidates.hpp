// Candidates: solid tissue whose evidence speaks for a deposit, in pieces that hang together.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/deposits/observer.hpp"

namespace calcinode::deposits {

struct Candidate {
    std::vector<std::uint32_t>
        voxels;                 // centres of its solid balls: offsets into the straightened block, ascending
    std::vector<float> own;     // log odds of each of them, prior included
    spine::CurvedPoint centre;  // their mean
    FeatureValues features{};   // mean over them
    FeatureValues evidence{};   // mean of each feature's log odds over them
    double log_odds = 0;        // mean of the voxels' own, prior included
    double volume_mm3 = 0;      // of the centres alone: a deposit is a ball's radius larger all around
};

// From height `first_s` on (the skull base ends above it), head end first.
std::vector<Candidate> find_candidates(const SolidTissue& tissue, const Observer& observer, int first_s,
                                       int threads);

// What is said of these places (offsets, ascending, not empty) together.
Candidate candidate_of(std::vector<std::uint32_t> voxels, const Observer& observer, std::array<int, 3> size);

}  // namespace calcinode::deposits
