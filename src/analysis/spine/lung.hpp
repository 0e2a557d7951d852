// The lung beside the spine.
#pragma once

#include <optional>

#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Heights s; nothing where there is no lung.
struct Lung {
    // Topmost height with lung, where it is the apex: other tissue is in view above. 4 mm below the middle of
    // T1, sd 6 mm, in the development necks.
    std::optional<int> apex_s;
    std::optional<int> base_s;  // lowest height with lung
};

Lung find_lung(const Volume& volume, const Frame& frame);

}  // namespace calcinode::spine
