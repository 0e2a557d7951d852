#include "analysis/spine/straight.hpp"

#include "analysis/kernels/resample.hpp"
#include "base/parallel.hpp"

namespace calcinode::spine {
Straight straighten(const Volume& volume, const Frame& frame, int threads) {
    Straight straight;
    auto& block = straight.hu;
    block.size = {2 * half_width_mm + 1, front_mm + back_mm + 1, frame.length()};
    const auto [nx, ny, nz] = block.size;
    block.values.resize(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny) *
                        static_cast<std::size_t>(nz));
    parallel_for(threads, nz, [&](int k) {
        // Within one plane of the frame the index moves by a constant step: no transformation a voxel.
        const Vec3 first = volume.grid.to_index(frame.to_lps(Straight::place(0, 0, k)));
        const Vec3 step_i = volume.grid.to_index(frame.to_lps(Straight::place(1, 0, k))) - first;
        const Vec3 step_j = volume.grid.to_index(frame.to_lps(Straight::place(0, 1, k))) - first;
        kernels::resample_plane(volume, {first, {step_i, step_j, {}}}, nx, ny,
                                &block.values[block.offset(0, 0, k)]);
    });
    return straight;
}

}  // namespace calcinode::spine
