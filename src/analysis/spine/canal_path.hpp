// The paths through a coarse volume's slices that are most like the canal.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/spine/enclosure.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Looks at the lowest `count` slices of a coarse volume.
class CanalPaths {
  public:
    CanalPaths(const Volume& coarse, const EnclosureFinder& enclosures, int count, int threads);

    // One place in each slice, first slice first: the best of all paths that bend no more than a spine, by
    // the sum of the enclosures' scores (dynamic programming). It goes through every slice, canal or not.
    std::vector<VoxelIndex> best() const;

    // Takes what scores around a path away, so that the best one is another.
    void forget(const std::vector<VoxelIndex>& path, double radius_mm);

  private:
    // One slice of the search: cells of `pool_` x `pool_` coarse voxels, each with the best voxel's value.
    struct Plane {
        std::vector<float> value;
        std::vector<std::uint8_t> voxel;  // which one of the cell's, row by row
    };
    Plane make_plane(const Volume& coarse, const EnclosureFinder& enclosures, int k) const;
    std::size_t area() const { return static_cast<std::size_t>(nx_) * static_cast<std::size_t>(ny_); }

    int pool_, nx_, ny_;
    double cell_mm_, height_mm_;
    std::vector<Plane> planes_;
};

}  // namespace calcinode::spine
