// Stretches a grey image smoothly. Own code, because what a drawing library does for a large factor differs
// between its versions, and the figure must not.
#pragma once

#include <cstdint>
#include <vector>

namespace calcinode::report {

// `width` x `height` pixels become `to_width` x `to_height`; the images' edges coincide. Interpolation is
// cubic (Catmull-Rom): between pixels it is smooth, at a pixel's centre it gives the pixel. All sizes are at
// least 1.
std::vector<std::uint8_t> resampled(const std::vector<std::uint8_t>& grey, int width, int height,
                                    int to_width, int to_height);

}  // namespace calcinode::report
