// Where the deposits lie on the source's image planes.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "dicom/series_source.hpp"

namespace calcinode::report {

struct PlaneVoxel {
    int column = 0, row = 0, slice = 0;  // of the source; slice is an index into SeriesSource::slices
};

// The voxels of a mask on the source's planes. Voxels outside the volume or the source are left out.
std::vector<PlaneVoxel> voxels_on_planes(const VoxelMask& mask, const Grid& grid, const SeriesSource& source);

// How many of the voxels lie on each slice of the source.
std::vector<int> voxels_per_slice(const std::vector<PlaneVoxel>& voxels, const SeriesSource& source);

// The slice that shows most of the voxels: of equals the middle one. -1 where there are no voxels.
int best_slice(const std::vector<int>& per_slice);

}  // namespace calcinode::report
