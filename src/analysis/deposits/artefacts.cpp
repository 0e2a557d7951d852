#include "analysis/deposits/artefacts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/deposits/noise.hpp"

namespace calcinode::deposits {

Artefacts::Artefacts(const Volume& volume, const std::vector<MotionStep>& motion, int threads)
    : metal_(volume, threads), between_mm_(volume.grid.spacing_mm[2]), noise_hu_(deposits::noise_hu(volume)) {
    for (const auto& step : motion) steps_.push_back(volume.grid.to_index(step.place).z);
}

double Artefacts::to_motion_mm(VoxelIndex v) const {
    double least = std::numeric_limits<double>::infinity();
    for (const double step : steps_) least = std::min(least, std::abs(v.k - step) * between_mm_);
    return least;
}

}  // namespace calcinode::deposits
