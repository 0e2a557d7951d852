// What the figure points at: deposits or, in a study that is indeterminate for lack of any, what could be
// one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::report {

struct Target {
    int number = 0;  // on the images and in the table; a deposit's id
    LpsPoint centre;
    const VoxelMask* mask = nullptr;  // of the findings, which must outlive this; a ball where there is none
    double radius_mm = 0;             // of the ball
    std::string level;                // for a narrow place
    std::vector<std::string> levels;  // names of all vertebrae that it lies at
    std::string place;                // compartment and side, or what it is taken for
    double volume_mm3 = 0, mean_hu = 0, max_hu = 0;
    // Of deposits only.
    std::optional<double> long_axis_mm, canal_distance_mm, canal_percent, confidence;
    std::string change{};  // since an earlier result: "+40 %", "new"; "" where neither
};

// In the order of the findings, largest first.
std::vector<Target> targets_of(const Findings& findings);

// Voxels from low to high, both within; empty where high is below low.
struct VoxelBox {
    VoxelIndex low, high;
    bool empty() const { return high.i < low.i || high.j < low.j || high.k < low.k; }
};
// That encloses the target's part in the grid.
VoxelBox box_of(const Target& target, const Grid& grid);

// Calls seen(i, j, k) for each of the target's voxels in the grid.
template <class Seen>
void each_voxel(const Target& target, const Grid& grid, Seen&& seen) {
    const auto [low, high] = box_of(target, grid);
    for (int k = low.k; k <= high.k; ++k)
        for (int j = low.j; j <= high.j; ++j)
            for (int i = low.i; i <= high.i; ++i) {
                const bool in = target.mask
                                    ? target.mask->at({i, j, k})
                                    : distance(grid.to_lps(i, j, k), target.centre) <= target.radius_mm;
                if (in) seen(i, j, k);
            }
}

}  // namespace calcinode::report
