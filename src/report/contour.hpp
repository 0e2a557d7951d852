// The outline of a mask as line segments, for drawing.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "report/figure_views.hpp"

namespace calcinode::report {

// Segments in pixels of the mask, in no particular order. Steps of the pixel grid are smoothed, unless the
// mask is so small that smoothing would take it away.
std::vector<std::pair<PixelPoint, PixelPoint>> contour(const std::vector<std::uint8_t>& mask, int width,
                                                       int height);

// The mask with its holes filled, so that its contour is the outer outline alone.
std::vector<std::uint8_t> without_holes(const std::vector<std::uint8_t>& mask, int width, int height);

}  // namespace calcinode::report
