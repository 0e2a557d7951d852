// What all kernels are timed on: a synthetic neck as large as a real CT.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/kernels/block.hpp"
#include "analysis/kernels/resample.hpp"
#include "analysis/volume.hpp"

namespace calcinode::bench {

struct Scene {
    Volume volume;
    kernels::Block block;            // the same values
    std::vector<std::uint8_t> mask;  // denser than muscle: bone, and much noise
    std::vector<std::uint8_t> bone;  // without the noise
    kernels::Affine oblique;         // turned about all axes and a little finer, all of it in the volume
};

Scene make_scene();

}  // namespace calcinode::bench
