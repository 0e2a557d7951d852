#include "analysis/kernels/resample.hpp"

#include <cstddef>

#include "analysis/kernels/rounding.hpp"
#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

// The volume as its samples are taken from.
class Source {
  public:
    explicit Source(const Volume& volume)
        : hu_(volume.hu.data()),
          row_(volume.grid.size[0]),
          plane_(row_ * volume.grid.size[1]),
          last_{volume.grid.size[0] - 1.0, volume.grid.size[1] - 1.0, volume.grid.size[2] - 1.0} {}

    std::int16_t sample(Vec3 at) const {
        const bool inside =
            at.x >= 0 && at.y >= 0 && at.z >= 0 && at.x < last_.x && at.y < last_.y && at.z < last_.z;
        if (!inside) return outside_hu;
        // What is positive is cut off downwards.
        const int i = static_cast<int>(at.x), j = static_cast<int>(at.y), k = static_cast<int>(at.z);
        const auto a = static_cast<float>(at.x - i), b = static_cast<float>(at.y - j),
                   c = static_cast<float>(at.z - k);
        const std::int16_t* p = hu_ + (k * plane_ + j * row_ + i);
        const float near = face(p, a, b);
        return to_nearest(near + c * (face(p + plane_, a, b) - near));
    }

  private:
    static float line(const std::int16_t* p, float a) {
        return static_cast<float>(p[0]) + a * static_cast<float>(p[1] - p[0]);
    }
    float face(const std::int16_t* p, float a, float b) const {
        const float low = line(p, a);
        return low + b * (line(p + row_, a) - low);
    }

    const std::int16_t* hu_;
    std::ptrdiff_t row_, plane_;
    Vec3 last_;  // the index of the last voxel
};

}  // namespace

void resample_plane(const Volume& volume, const Affine& at, int nx, int ny, std::int16_t* out) {
    const Source source(volume);
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) *out++ = source.sample(at.first + at.step[0] * i + at.step[1] * j);
}

Block resample(const Volume& volume, const Affine& at, std::array<int, 3> size, int threads) {
    const auto [nx, ny, nz] = size;
    Block block{size, {}};
    block.values.resize(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny) *
                        static_cast<std::size_t>(nz));
    parallel_for(threads, nz, [&, nx = nx, ny = ny](int k) {
        const Affine plane{at.first + at.step[2] * k, at.step};
        resample_plane(volume, plane, nx, ny, &block.values[block.offset(0, 0, k)]);
    });
    return block;
}

}  // namespace calcinode::kernels
