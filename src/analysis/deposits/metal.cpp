#include "analysis/deposits/metal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace calcinode::deposits {
namespace {

constexpr std::size_t most_voxels = 4096;  // kept of a slice; of more, evenly spread ones tell as much
constexpr std::size_t least_voxels = 3;    // in a slice: a single one is noise or enamel
constexpr double slab_mm = 3;              // on either side: the slices next to it show part of its streaks

// A loop without a way out, which the compiler makes wide: nearly all rows have no metal.
std::int16_t largest(const std::int16_t* row, int count) {
    std::int16_t most = row[0];
    for (int i = 1; i < count; ++i) most = std::max(most, row[i]);
    return most;
}

void thin_out(std::vector<std::array<int, 2>>& found) {
    const std::size_t stride = found.size() / most_voxels + 1;
    std::size_t kept = 0;
    for (std::size_t n = 0; n < found.size(); n += stride) found[kept++] = found[n];
    found.resize(kept);
}

}  // namespace

Metal::Metal(const Volume& volume, int threads)
    : grid_(&volume.grid), slices_(static_cast<std::size_t>(volume.grid.size[2])) {
    const auto [nx, ny, nz] = volume.grid.size;
    parallel_for(threads, nz, [&, nx = nx, ny = ny](int k) {
        auto& found = slices_[static_cast<std::size_t>(k)];
        for (int j = 0; j < ny; ++j) {
            const auto* row = &volume.hu[volume.grid.offset({0, j, k})];
            if (largest(row, nx) <= metal_hu) continue;
            for (int i = 0; i < nx; ++i)
                if (row[i] > metal_hu) found.push_back({i, j});
        }
        if (found.size() < least_voxels) found.clear();
        thin_out(found);
    });
}

double Metal::distance_mm(VoxelIndex v) const {
    const int beside = static_cast<int>(slab_mm / grid_->spacing_mm[2]);
    const int last = std::min(v.k + beside, grid_->size[2] - 1);
    double least = std::numeric_limits<double>::infinity();
    for (int k = std::max(v.k - beside, 0); k <= last; ++k)
        for (const auto& [i, j] : slices_[static_cast<std::size_t>(k)])
            least = std::min(least,
                             std::hypot((i - v.i) * grid_->spacing_mm[0], (j - v.j) * grid_->spacing_mm[1]));
    return least;
}

}  // namespace calcinode::deposits
