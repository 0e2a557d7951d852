// The tissue around the spine, straightened: a block in the curved frame (see spine/frame.hpp), 1 mm voxels.
#pragma once

#include <array>

#include "analysis/kernels/morphology.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// What is looked at: as far as soft tissue that belongs to the spine reaches. 56 mm to either side takes in
// the lumbar transverse processes; 64 mm in front the front of a lumbar body and what lies on it; 64 mm
// behind the spinous processes.
inline constexpr int half_width_mm = 56, front_mm = 64, back_mm = 64;

struct Straight {
    kernels::Block hu;  // i: u + half_width_mm, j: v + front_mm, k: s

    static CurvedPoint place(double i, double j, double k) { return {k, i - half_width_mm, j - front_mm}; }
    static std::array<double, 3> index(CurvedPoint p) { return {p.u + half_width_mm, p.v + front_mm, p.s}; }
};

// Trilinear samples of the volume; outside of it air.
Straight straighten(const Volume& volume, const Frame& frame, int threads);

}  // namespace calcinode::spine
