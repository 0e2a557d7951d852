// What the pages of a figure show of the volume: which heights, how far around the canal, what is pointed at.
// Nothing is drawn here.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "report/canal_course.hpp"
#include "report/figure_targets.hpp"

namespace calcinode::report {

// Voxels [low, low + count) along an axis.
struct Span {
    int low = 0, count = 0;
    bool contains(int voxel) const { return voxel >= low && voxel < low + count; }
};

// As many voxels as `length_mm` takes around `centre` (in voxels), moved to fit an axis of `size` voxels.
Span cut_out(double centre, double length_mm, int size, double spacing_mm);

// What a projection must show along one axis.
struct Extent {
    double centre = 0;     // in voxels
    double length_mm = 0;  // at least
};

// How far a slab reaches to both sides of the canal's centre, towards lower and higher indices.
struct Slab {
    double low_mm = 0, high_mm = 0;
    double thickness_mm() const { return low_mm + high_mm; }
};

// Its findings and volume must outlive it.
struct Scene {
    const Findings& findings;
    const Volume& volume;
    std::vector<Target> targets{};
    std::size_t listed = 0;   // the first so many targets are in the table and have numbers on the images
    std::size_t leading = 0;  // the target to look at first; among those that are listed
    CanalCourse canal{};
    Span heights{};                // of the projections, along k
    Extent sagittal{}, coronal{};  // of the projections, along j and along i
    Slab sagittal_slab{};          // along i: takes in all listed targets

    double heights_mm() const { return heights.count * volume.grid.spacing_mm[2]; }
};

// Along j: the target and what lies beside it, so that what is before and behind hides neither. Without
// targets the bodies to the laminae.
Slab coronal_slab(const Scene& scene, std::size_t target);

// The volume has voxels.
Scene scene_of(const Findings& findings, const Volume& volume);

}  // namespace calcinode::report
