// Connected components of a mask.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/kernels/memory.hpp"

namespace calcinode::kernels {

struct Components {
    Unset<std::int32_t> label;  // 0 outside the mask, else 1 ... count
    int count = 0;
};

// 6-connected, voxels i fastest. Labels are numbered in the order of their first voxel, so they do not depend
// on anything but the mask.
Components components(const std::vector<std::uint8_t>& mask, std::array<int, 3> size, int threads = 1);

}  // namespace calcinode::kernels
