// Where the canal is at each height of the volume: what the slabs of the projections follow.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::report {

// Its centre at each k, in voxels; followed straight on beyond its ends.
struct CanalCourse {
    std::vector<double> i, j;

    double i_at(int k) const { return i[static_cast<std::size_t>(k)]; }
    double j_at(int k) const { return j[static_cast<std::size_t>(k)]; }
};

// `instead` is followed where the spine has no canal.
CanalCourse canal_course(const Spine& spine, const Grid& grid, LpsPoint instead);

}  // namespace calcinode::report
