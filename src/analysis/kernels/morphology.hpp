// Grey-scale opening and dilation by a ball, and Gaussian smoothing, of int16 blocks (i fastest, then j, then
// k).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace calcinode::kernels {

struct Block {
    std::array<int, 3> size{};
    std::vector<std::int16_t> values;

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

// The smallest (largest) value within `radius` voxels; beyond the edges nothing counts.
Block erode(const Block& in, double radius, int threads);
Block dilate(const Block& in, double radius, int threads);

// dilate(erode()): at each voxel the highest threshold above which a ball of that radius fits and reaches it.
// Thin things, cortex and noise, vanish; solid things keep their value.
Block open(const Block& in, double radius, int threads);

// Separable, standard deviation in voxels; edges repeat the border voxel.
Block gaussian(const Block& in, double sigma, int threads);

}  // namespace calcinode::kernels
