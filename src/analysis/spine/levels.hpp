// The vertebrae: where each body is, and what it is called.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/findings.hpp"
#include "analysis/spine/chain.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// How far the frame must go on beyond the canal in view for every body in view to be in it.
inline constexpr double beyond_canal_mm = 12;

// What names vertebrae, as far as it is in view; heights s.
struct LandmarkPlaces {
    std::optional<double> occiput;    // lowest bone of the skull behind the neck
    std::optional<double> dens;       // where it stands behind C1's arch
    std::vector<int> atlas_borders;   // lower borders of what may be C1's transverse processes
    bool ends_at_skull = false;       // the frame's head end is close to the skull base
    std::optional<double> first_rib;  // its upper border beside the spine
    std::optional<double> lung_apex;
    std::optional<double> sacrum;  // the disc L5/S1
};

LandmarkPlaces find_landmarks(const Frame& frame, const Straight& straight, const Ribs& ribs,
                              bool ends_at_skull);

// The vertebrae, head end first, with names where the landmarks give them, and the landmarks that did. Canal,
// listhesis, regions and what is measured in the bodies are left empty.
Spine find_levels(const Frame& frame, const Straight& straight, const Ribs& ribs,
                  const LandmarkPlaces& landmarks);

// Sets the deposit's level, that of its centre, and all levels that it reaches.
void name_levels(Deposit& deposit, const Spine& spine, const Frame& frame);

inline constexpr std::string_view uncertain_level = "uncertain";

}  // namespace calcinode::spine
