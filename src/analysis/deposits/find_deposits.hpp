// The deposits around a spine: the second half of the analysis.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/find_spine.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

struct Found {
    std::vector<Deposit> deposits;   // largest first
    std::vector<Excluded> excluded;  // largest first
};

// Deposits of `least_confidence` or more; what is less sure is listed as excluded, and so is what may be an
// artefact of metal or of `motion`.
Found find_deposits(const Volume& volume, const spine::SpineInView& seen,
                    const std::vector<MotionStep>& motion, double least_confidence, int threads);

}  // namespace calcinode::deposits
