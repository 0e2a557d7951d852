// A candidate after it has been outlined: what can be said of it as a whole.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/deposits/artefacts.hpp"
#include "analysis/deposits/candidates.hpp"
#include "analysis/deposits/form.hpp"
#include "analysis/deposits/placement.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

struct Mass {
    std::vector<std::size_t> voxels;  // of the volume, ascending
    Candidate candidate;  // of several that were outlined together, the one with the most evidence
    Placement placement;

    double volume_mm3 = 0;  // whole voxels
    double mean_hu = 0, max_hu = 0;
    double spread = 0;        // standard deviation by mean of its attenuation, but for what noise adds
    double free_surface = 0;  // share of its surface that borders on soft tissue, not on something dense
    double air_surface = 0;   // share of its surface that borders on air
    double island = 0;        // its volume by that of all that hangs together with it above soft tissue
    double standing_out = 0, compactness = 0;  // see form.hpp
    double growth = 0;                         // doublings of volume from its solid centres to the outline
    double unmatched_other_side = 0;           // share of it where the other side shows nothing like it
    double unmatched_neighbours = 0;  // share of it where the vertebrae above and below show nothing like it
    double unmatched_anywhere = 0;    // share of it where neither does
    double in_reach_of_metal = 0;     // share of it where metal is so near that it may be a streak
    bool at_motion = false;           // reaches to where the patient moved between two slices
    bool cut_by_view = false;         // reaches the first or the last slice
    bool in_middle = false;           // so close to the middle that it has no other side
};

// Measures what `voxels`, an outline of `candidate`, are.
Mass mass_of(const Volume& volume, const spine::SpineInView& seen, const SolidTissue& tissue,
             const Observer& observer, const Artefacts& artefacts, const Candidate& candidate,
             std::vector<std::size_t> voxels);

}  // namespace calcinode::deposits
