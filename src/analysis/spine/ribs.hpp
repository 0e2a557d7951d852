// Ribs: bone that runs from beside the spine far outward. Transverse processes are shorter, vessels and
// deposits are not as long, kidneys and muscle not as narrow.
#pragma once

#include <optional>
#include <vector>

#include "analysis/spine/frame.hpp"
#include "analysis/spine/lung.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Contrast at which it is as likely a rib as not.
inline constexpr double even_contrast_hu = 100;

struct Ribs {
    // For each height s: contrast in HU of the likeliest rib that starts beside the spine there, mean of both
    // sides, or not a number where it isn't in view. Measured on 29 necks, a chest and an abdomen: T1 to T12
    // 120 to 450 at the height of the rib's neck, C3 to C6 and L1 to L5 below 85.
    std::vector<double> contrast_hu;
    // For each height whether metal beside the spine hides what is there.
    std::vector<char> metal{};
};

Ribs find_ribs(const Volume& volume, const Frame& frame, int threads);

// Height of the first rib's upper border, where no rib lies above it although it would be in view; at least
// `from_s`. 14 mm above the middle of T1, sd 4 mm.
std::optional<int> first_rib_top(const Ribs& ribs, const Lung& lung, int from_s);

}  // namespace calcinode::spine
