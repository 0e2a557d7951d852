// Whether the patient moved while the scan was made: a step between two slices. What blurs within a slice is
// not looked for.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode {

// Slices that fit the ones below them far better when shifted by 3 mm or more within their plane, while their
// neighbours fit as they are; lowest first. Steps along the spine are not seen.
std::vector<MotionStep> find_motion(const Volume& volume, int threads);

}  // namespace calcinode
