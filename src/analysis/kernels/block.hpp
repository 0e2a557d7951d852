// A block of int16 values, usually attenuation in HU: what the image kernels work on. i fastest, then j, then
// k.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analysis/kernels/memory.hpp"

namespace calcinode::kernels {

struct Block {
    std::array<int, 3> size{};
    Large<std::int16_t> values;

    std::size_t offset(int i, int j, int k) const {
        return (static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(j)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(i);
    }
};

// {i, j, k} of the voxel at `offset` in a block of that size.
inline std::array<int, 3> index_of(std::uint32_t offset, const std::array<int, 3>& size) {
    const int n = static_cast<int>(offset);
    return {n % size[0], n / size[0] % size[1], n / (size[0] * size[1])};
}

}  // namespace calcinode::kernels
