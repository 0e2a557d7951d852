#include "analysis/kernels/coarse.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

Grid coarse_grid(const Grid& fine, std::array<int, 3> factor) {
    Grid grid = fine;
    Vec3 shift{};
    for (std::size_t a = 0; a < 3; ++a) {
        grid.size[a] = std::max(1, fine.size[a] / factor[a]);
        grid.spacing_mm[a] = fine.spacing_mm[a] * factor[a];
        shift = shift + fine.axis[a] * (fine.spacing_mm[a] * (factor[a] - 1) / 2.0);
    }
    grid.origin = fine.origin + shift;
    return grid;
}

// Adds a row of voxels to the sums: a loop that the compiler makes wide, since the volume's whole memory goes
// through it.
void add_row(const std::int16_t* in, std::vector<std::int32_t>& sums) {
    for (auto& sum : sums) sum += *in++;
}

// To the nearest, without the library's call: this runs for every block.
std::int16_t rounded(float value) {
    constexpr int above_all_hu = 32768;
    constexpr float and_half = above_all_hu + 0.5F;  // what is positive is cut off downwards
    return static_cast<std::int16_t>(static_cast<int>(value + and_half) - above_all_hu);
}

}  // namespace

std::array<int, 3> factors_for(const Grid& grid, std::array<double, 3> target_mm) {
    std::array<int, 3> factor{};
    for (std::size_t a = 0; a < 3; ++a)
        factor[a] = std::clamp(static_cast<int>(target_mm[a] / grid.spacing_mm[a] + 1e-6), 1, grid.size[a]);
    return factor;
}

Volume block_mean(const Volume& volume, std::array<int, 3> factor, int threads) {
    Volume coarse{coarse_grid(volume.grid, factor), {}};
    const auto [nx, ny, nz] = coarse.grid.size;
    coarse.hu.resize(coarse.grid.voxels());
    const float share = 1.0F / static_cast<float>(factor[0] * factor[1] * factor[2]);
    parallel_for(threads, nz, [&](int k) {
        std::vector<std::int32_t> sums(static_cast<std::size_t>(nx * factor[0]));
        for (int j = 0; j < ny; ++j) {
            std::ranges::fill(sums, 0);
            for (int dk = 0; dk < factor[2]; ++dk)
                for (int dj = 0; dj < factor[1]; ++dj)
                    add_row(&volume.hu[volume.grid.offset({0, j * factor[1] + dj, k * factor[2] + dk})],
                            sums);
            std::int16_t* out = &coarse.hu[coarse.grid.offset({0, j, k})];
            const std::int32_t* in = sums.data();
            for (int i = 0; i < nx; ++i) {
                std::int32_t sum = 0;
                for (int di = 0; di < factor[0]; ++di) sum += *in++;
                *out++ = rounded(static_cast<float>(sum) * share);
            }
        }
    });
    return coarse;
}

}  // namespace calcinode::kernels
