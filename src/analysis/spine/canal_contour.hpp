// The canal's outline in planes across its line, in the volume's own voxels, where something may lie in it.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "analysis/spine/canal_ray.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

class CanalContour {
  public:
    // Of the planes from_s to to_s (whole millimetres of s, clamped to the frame). Voxels for which `ignored`
    // is true are taken for fluid, so that a deposit does not narrow the canal that it lies in. Where bone is
    // missing (foramina, gaps between laminae), or a deposit hides the wall, the outline of the planes above
    // and below stands in.
    CanalContour(const Volume& volume, const Frame& frame, int from_s, int to_s,
                 const std::function<bool(VoxelIndex)>& ignored);

    int first_s() const { return first_; }
    int last_s() const { return first_ + static_cast<int>(planes_.size()) - 1; }

    // In the plane nearest to s.
    bool inside(double s, double u, double v) const;
    double distance_mm(double s, double u, double v) const;  // to the outline; 0 inside
    double area_mm2(int s) const;

  private:
    using Walls = std::array<double, canal_directions>;
    const Walls& plane(double s) const;
    int first_ = 0;
    std::vector<Walls> planes_;
};

}  // namespace calcinode::spine
