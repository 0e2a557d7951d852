// The curved frame of the spine: every place near the spine as (s, u, v), millimetres.
//
//   s  along the canal's centreline, 0 at its head end, growing to the feet
//   u  to the patient's left of the centreline
//   v  to the back of the centreline, at right angles to it
//
// In this frame every vertebra stands upright wherever and however the patient lies and bends, left mirrors
// right (u to -u), and one level repeats the next (s to s + a vertebra's height).
#pragma once

#include <vector>

#include "analysis/spine/canal.hpp"
#include "base/geometry.hpp"

namespace calcinode::spine {

struct CurvedPoint {
    double s = 0, u = 0, v = 0;
};

// How far the frame must go on beyond the canal in view for every body in view to be in it.
inline constexpr double beyond_canal_mm = 12;

class Frame {
  public:
    // `canal` from head to foot, at least two points. The line goes on straight for `beyond_mm` at both ends:
    // where the spine bends, a body can be in view whose stretch of canal is not.
    explicit Frame(const std::vector<CanalPoint>& canal, double beyond_mm = 0);

    // The same line with the directions left and back turned about it by `degrees` at each station (positive:
    // left turns towards the back), for a patient who lies rotated.
    Frame turned(const std::vector<double>& degrees) const;

    // Whole millimetres of s: 0 ... length() - 1.
    int length() const { return static_cast<int>(stations_.size()); }
    LpsPoint to_lps(CurvedPoint p) const;
    CurvedPoint to_curved(LpsPoint p) const;  // of the nearest station; s is clamped to the line's ends

    struct Station {
        LpsPoint centre;
        Vec3 down, left, back;  // orthonormal
        double radius_mm = 0;   // of the canal
    };
    const Station& station(int s) const { return stations_[static_cast<std::size_t>(s)]; }

  private:
    std::vector<Station> stations_;  // one a millimetre
};

}  // namespace calcinode::spine
