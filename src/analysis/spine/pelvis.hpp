// The iliac crests beside the lumbar spine.
#pragma once

#include <optional>

#include "analysis/spine/frame.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Height of the crests' top: bone on both sides beyond the reach of any transverse process, without the gaps
// that ribs leave, under a stretch without such bone. The line between the crests' tops (Tuffier's line)
// crosses L4 or the disc below it in four of five people, L3 or L5 in the others (Chakraverty et al., J Anat
// 2007;210:232).
std::optional<int> iliac_crest(const Volume& volume, const Frame& frame);

}  // namespace calcinode::spine
