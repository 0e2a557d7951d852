// What is said of a deposit: its size, density and place.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

// `voxels`: offsets into the volume, ascending, not empty: the deposit from about half of its density on.
// They become the mask as they are. Level, id, confidence and evidence are left to the caller.
//   volume_mm3              by the share of each voxel that is deposit (see partial_volume.hpp)
//   mean_hu, max_hu, sd_hu  over the voxels given
//   long_axis_mm            from edge to edge, to half a voxel: see longest_axis
//   canal_occupied_percent  of the canal's own cross-section (see spine/canal_contour.hpp) at the worst plane
//                           across it; canal_distance_mm to the same outline
// With `fluid`, those of them above a fluid level: it counts by voxels, since what has settled is no measure
// of its shares, and volume_mm3 is its volume and that of what has settled by shares.
Deposit measure_deposit(const Volume& volume, const spine::Frame& frame,
                        const std::vector<std::size_t>& voxels, const std::vector<std::size_t>& fluid = {});

}  // namespace calcinode::deposits
