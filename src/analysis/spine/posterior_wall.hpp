// The posterior wall of a vertebral body, from the volume at its own resolution.
#pragma once

#include <optional>

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

}  // namespace calcinode::spine
