// What names vertebrae: skull base, dens, C1's width, first rib, apex of the lung, iliac crests. The lowest
// rib is judged where the chain of vertebrae is (see chain.hpp).
#pragma once

#include <optional>
#include <vector>

#include "analysis/spine/chain.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/lung.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/straight.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Landmarks as far as they are in view, by their heights s.
struct Landmarks {
    std::optional<double> occiput;    // lowest bone of the skull behind the neck
    std::optional<double> dens;       // where it stands behind C1's arch
    std::vector<int> atlas_borders;   // lower borders of what may be C1's transverse processes
    bool ends_at_skull = false;       // the canal's head end is close to the skull base
    std::optional<double> first_rib;  // its upper border beside the spine
    std::optional<double> lung_apex;
    std::optional<double> iliac_crest;
};

Landmarks find_landmarks(const Volume& volume, const Frame& frame, const Straight& straight, const Ribs& ribs,
                         const Lung& lung, bool ends_at_skull);

// All that is seen along the spine, in the terms of the chain.
Evidence evidence_of(const Straight& straight, const Ribs& ribs, const Landmarks& landmarks);

// The middle of C1 is this far below where the dens stands out.
inline constexpr double c1_below_dens_mm = 3;
inline constexpr double c1_above_disc_mm = 27;  // above the disc C2/C3

}  // namespace calcinode::spine
