#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "analysis/kernels/resample.hpp"
#include "analysis/kernels/rounding.hpp"

using namespace calcinode;

namespace {

// A ramp, which trilinear samples continue exactly between the voxels.
int ramp(double i, double j, double k) {
    return static_cast<int>(std::lround(10 * i - 20 * j + 40 * k - 300));
}

Volume ramp_volume() {
    Volume volume;
    volume.grid.size = {12, 9, 7};
    for (int k = 0; k < 7; ++k)
        for (int j = 0; j < 9; ++j)
            for (int i = 0; i < 12; ++i) volume.hu.push_back(static_cast<std::int16_t>(ramp(i, j, k)));
    return volume;
}

// No sample is just at the volume's edge.
const kernels::Affine oblique{{0.3137, 0.2271, 0.1193},
                              {Vec3{0.9, 0.1, 0.2}, Vec3{-0.1, 0.8, 0.3}, Vec3{0.2, -0.1, 0.7}}};

}  // namespace

TEST_CASE("samples of a ramp are the ramp, and air beyond the volume") {
    const Volume volume = ramp_volume();
    const auto block = kernels::resample(volume, oblique, {14, 11, 9}, 2);
    int inside = 0;
    for (int k = 0; k < 9; ++k)
        for (int j = 0; j < 11; ++j)
            for (int i = 0; i < 14; ++i) {
                const Vec3 at =
                    oblique.first + oblique.step[0] * i + oblique.step[1] * j + oblique.step[2] * k;
                const int value = block.values[block.offset(i, j, k)];
                if (at.x < 0 || at.y < 0 || at.z < 0 || at.x >= 11 || at.y >= 8 || at.z >= 6) {
                    CHECK(value == kernels::outside_hu);
                    continue;
                }
                ++inside;
                CHECK(std::abs(value - ramp(at.x, at.y, at.z)) <= 1);  // a half may be a little less in float
            }
    CHECK(inside > 100);
}

TEST_CASE("samples at the voxels are the voxels, and do not depend on the number of threads") {
    const Volume volume = ramp_volume();
    const kernels::Affine same{{0, 0, 0}, {Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}}};
    const auto block = kernels::resample(volume, same, volume.grid.size, 1);
    CHECK(block.values[block.offset(10, 7, 5)] == volume.at({10, 7, 5}));
    CHECK(block.values[block.offset(0, 0, 0)] == volume.at({0, 0, 0}));
    // The last voxel has no neighbour to the far side.
    CHECK(block.values[block.offset(11, 7, 5)] == kernels::outside_hu);
    CHECK(kernels::resample(volume, oblique, {14, 11, 9}, 1).values ==
          kernels::resample(volume, oblique, {14, 11, 9}, 4).values);
}

TEST_CASE("rounding is that of the library, at halves and just below") {
    for (const float whole : {-32768.0F, -1024.0F, -1.0F, 0.0F, 1.0F, 700.0F, 32766.0F})
        for (const float half : {whole, whole + 0.5F}) {
            CHECK(kernels::to_nearest(half) == std::lround(half));
            CHECK(kernels::to_nearest(std::nextafter(half, 1e9F)) == std::lround(std::nextafter(half, 1e9F)));
            if (half > -32768)
                CHECK(kernels::to_nearest(std::nextafter(half, -1e9F)) ==
                      std::lround(std::nextafter(half, -1e9F)));
        }
}
