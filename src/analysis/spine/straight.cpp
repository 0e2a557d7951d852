#include "analysis/spine/straight.hpp"

#include <cmath>

#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr std::int16_t air_hu = -1024;

std::int16_t sample(const Volume& volume, Vec3 at) {
    const auto& size = volume.grid.size;
    const double fi = std::floor(at.x), fj = std::floor(at.y), fk = std::floor(at.z);
    const int i = static_cast<int>(fi), j = static_cast<int>(fj), k = static_cast<int>(fk);
    if (i < 0 || j < 0 || k < 0 || i + 1 >= size[0] || j + 1 >= size[1] || k + 1 >= size[2]) return air_hu;
    const auto a = static_cast<float>(at.x - fi), b = static_cast<float>(at.y - fj),
               c = static_cast<float>(at.z - fk);
    const std::int16_t* p = &volume.hu[volume.grid.offset({i, j, k})];
    const std::ptrdiff_t row = size[0], plane = row * size[1];
    const auto line = [&](const std::int16_t* q) {
        return static_cast<float>(q[0]) + a * static_cast<float>(q[1] - q[0]);
    };
    const auto face = [&](const std::int16_t* q) {
        const float low = line(q);
        return low + b * (line(q + row) - low);
    };
    const float near = face(p);
    return static_cast<std::int16_t>(std::lround(near + c * (face(p + plane) - near)));
}

}  // namespace

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
        std::int16_t* out = &block.values[block.offset(0, 0, k)];
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) *out++ = sample(volume, first + step_i * i + step_j * j);
    });
    return straight;
}

}  // namespace calcinode::spine
