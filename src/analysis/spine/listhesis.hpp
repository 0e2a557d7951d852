// Slips: the posterior wall of each body against that of the next one below.
#pragma once

#include <optional>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// The posterior wall of a body near the middle plane, as a straight line in the body's own axes: at `h` along
// `down` from the body's centre it lies offset_mm + slope * h along `back`.
struct PosteriorWall {
    double offset_mm = 0, slope = 0;
    double mean_h_mm = 0;                   // of the places that it goes through
    double sd_mean_mm = 0;                  // standard deviation of the line's height there
    double sd_slope = 0;                    // and of its slope
    double upper_h_mm = 0, lower_h_mm = 0;  // where the endplates cross it

    double at(double h) const { return offset_mm + slope * h; }
    double sd_at(double h) const;
};

// From the volume at its own resolution, at half the step between the cortex and the canal's soft tissue; the
// dent of the basivertebral vein and the osteophytes of the corners do not count. Nothing where the wall
// can't be seen: no bone, metal, cut off.
std::optional<PosteriorWall> find_posterior_wall(const Volume& volume, const Vertebra& vertebra);

// One for each pair of neighbours, head end first, where both walls can be measured well enough for a slip of
// 3 mm to be more than chance; the ring of C1, which
// has no body, is left out. The slip is the mean of two distances, both at right angles to a wall: of the
// upper body's lower corner from the lower body's wall, and of the lower body's upper corner from the upper
// body's. A bend between the two bodies makes one larger and the other smaller, and does not count.
// `upper_index` and `place` refer to the given vertebrae, which stand head end first without gaps.
std::vector<Listhesis> find_listhesis(const Volume& volume, const std::vector<Vertebra>& vertebrae);

}  // namespace calcinode::spine
