// Trilinear resampling of a volume along straight lines.
#pragma once

#include <array>
#include <cstdint>

#include "analysis/kernels/block.hpp"
#include "analysis/volume.hpp"

namespace calcinode::kernels {

inline constexpr std::int16_t outside_hu = -1024;  // air

// Where samples are, as fractional voxel indices: sample (i, j, k) at first + step[0] * i + step[1] * j +
// step[2] * k.
struct Affine {
    Vec3 first;
    std::array<Vec3, 3> step;
};

// The samples of the plane k = 0 to out[0 ... nx * ny), i fastest: trilinear, to the nearest HU; air where
// one of the eight voxels around is not in the volume.
void resample_plane(const Volume& volume, const Affine& at, int nx, int ny, std::int16_t* out);

// All planes of a block of that size.
Block resample(const Volume& volume, const Affine& at, std::array<int, 3> size, int threads);

}  // namespace calcinode::kernels
