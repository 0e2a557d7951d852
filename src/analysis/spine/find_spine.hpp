// The spine in a volume: canal, vertebrae, levels, slips. The first half of the analysis; what it leaves for
// the second half, the search for deposits, is the curved frame and the straightened block.
#pragma once

#include <expected>
#include <optional>

#include "analysis/findings.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/straight.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

struct SpineInView {
    Spine spine;
    Frame frame;
    Straight straight;
    std::optional<double> skull_s;  // height of the lowest occiput, or of the head end close to it
    int first_judged_s = 0;         // above it is skull
};

// Unfit where no spine is in view.
std::expected<SpineInView, Unfit> find_spine(const Volume& volume, int threads);

}  // namespace calcinode::spine
