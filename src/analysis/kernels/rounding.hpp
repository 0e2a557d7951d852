// To the nearest whole HU in loops over all voxels.
#pragma once

#include <cstdint>

namespace calcinode::kernels {

// std::lround, half away from zero, without the library's call: loops over it are made wide. Exact for every
// float in the range of int16.
inline std::int16_t to_nearest(float value) {
    const int whole = static_cast<int>(value);
    const float rest = value - static_cast<float>(whole);
    return static_cast<std::int16_t>(whole + (rest >= 0.5F ? 1 : 0) - (rest <= -0.5F ? 1 : 0));
}

}  // namespace calcinode::kernels
