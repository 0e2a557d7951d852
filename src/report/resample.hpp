// Stretches or shrinks an image of Hounsfield units smoothly. Own code, because what a drawing library does
// for a large factor differs between its versions, and the figure must not.
#pragma once

#include <cstdint>
#include <vector>

namespace calcinode::report {

// `width` x `height` pixels become `to_width` x `to_height`; the images' edges coincide. Interpolation is
// cubic (Catmull-Rom): between pixels it is smooth, at a pixel's centre it gives the pixel. Where an axis
// shrinks, the filter grows with it, so that fine structures become grey and not noise. All sizes are at
// least 1.
std::vector<float> resampled(const std::vector<std::int16_t>& hu, int width, int height, int to_width,
                             int to_height);

}  // namespace calcinode::report
