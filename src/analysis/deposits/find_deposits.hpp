// The deposits around a spine: the second half of the analysis.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/find_spine.hpp"
#include "analysis/volume.hpp"

namespace calcinode::deposits {

struct Found {
    std::vector<Deposit> deposits;   // largest first
    std::vector<Excluded> excluded;  // head end first
};

Found find_deposits(const Volume& volume, const spine::SpineInView& seen, int threads);

}  // namespace calcinode::deposits
