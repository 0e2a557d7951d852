// The endplates on both sides of a disc, found in the straightened block (see spine/straight.hpp).
#pragma once

#include <cmath>
#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// A plane of the curved frame: s = s_mm + tilt * (v - v_mm) + lean * u.
struct Endplate {
    double s_mm = 0, v_mm = 0;
    double tilt = 0, lean = 0;  // millimetres of s for one to the back, one to the left
    double edge_hu = 0;         // mean step of attenuation across it, HU per 2 mm; how well it is seen

    double at(double u, double v) const { return s_mm + tilt * (v - v_mm) + lean * u; }
};

// The sagittal section through the middle of the bodies: means over a strip of u, attenuation clamped so that
// metal, deposits and gas count no more than bone and fat do.
class MidSection {
  public:
    // Covers heights first_s to last_s, v from -front_mm to 0. Beyond the block the nearest plane stands.
    MidSection(const Straight& straight, int first_s, int last_s);

    double hu(double s, double v) const;  // bilinear
    double step_along_s(double s, double v) const { return hu(s + 1, v) - hu(s - 1, v); }
    double step_along_v(double s, double v) const { return hu(s, v + 1) - hu(s, v - 1); }

  private:
    double at(int s, int v) const;

    int first_s_, rows_;
    std::vector<float> hu_;  // v fastest
};

// Beyond these attenuation is not told apart: fat and gas, cortex and metal.
inline constexpr double least_hu = -100, most_hu = 600;

// A step of attenuation as it counts for an edge: one osteophyte or deposit must not outweigh the rest of a
// plate or wall.
inline double damped(double step_hu) {
    constexpr double strong_hu = 350;
    return step_hu / (1 + std::abs(step_hu) / strong_hu);
}

struct DiscSearch {
    double s_mm;         // of the disc's middle where it meets the canal, within some 4 mm
    double back_v_mm;    // of the bodies' posterior wall there
    double depth_mm;     // of the bodies, roughly
    double thickest_mm;  // that the disc may be
};

struct DiscFaces {
    Endplate above, below;  // the upper body's lower endplate, the lower body's upper one
};

DiscFaces find_disc_faces(const Straight& straight, const MidSection& section, const DiscSearch& search);

}  // namespace calcinode::spine
