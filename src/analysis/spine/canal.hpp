// The spinal canal: soft tissue that bone encloses on most sides, followed from slice to slice.
#pragma once

#include <expected>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// One point of the canal's centreline.
struct CanalPoint {
    LpsPoint centre;
    double radius_mm = 0;  // mean distance to the enclosing bone, in the axial plane
    double enclosed = 0;   // evidence at this height, 0 to 1
};

struct Canal {
    // The centreline from head to foot, at the spacing of a coarse copy of the volume (2 to 3 mm), smooth.
    std::vector<CanalPoint> points;
    bool ends_at_skull = false;  // the head end is the foramen magnum, or close to it
};

// Unfit where no spine is in view.
std::expected<Canal, Unfit> find_canal(const Volume& volume, int threads);

}  // namespace calcinode::spine
