#include "analysis/kernels/resample.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "analysis/kernels/memory.hpp"
#include "analysis/kernels/rounding.hpp"
#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

// One coordinate of a row of samples: where sample i is.
struct Ramp {
    double first, step, row_shift;

    double at(int i) const { return first + step * i + row_shift; }
};

// The first i below `count` for which what holds from some i on does so.
template <class Holds>
int first_that(int count, Holds holds) {
    int low = 0, high = count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (holds(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct Range {
    int first, end;
};

// Those i whose samples have neighbours on both sides, of `size` voxels along the axis.
Range inside(const Ramp& ramp, int count, int size) {
    const double last = size - 1.0;
    if (ramp.step >= 0)
        return {first_that(count, [&](int i) { return ramp.at(i) >= 0; }),
                first_that(count, [&](int i) { return ramp.at(i) >= last; })};
    return {first_that(count, [&](int i) { return ramp.at(i) < last; }),
            first_that(count, [&](int i) { return ramp.at(i) < 0; })};
}

constexpr int most = 128;  // samples at a time

// The voxel below each sample and how far the sample is from it.
struct Places {
    std::array<std::int32_t, most> whole;
    std::array<float, most> part;
};

// What is positive is cut off downwards.
void find_places(const Ramp& ramp, int first, int count, Places& places) {
    for (int n = 0; n < count; ++n) {
        const double at = ramp.at(first + n);
        const auto whole = static_cast<std::int32_t>(at);
        places.whole[static_cast<std::size_t>(n)] = whole;
        places.part[static_cast<std::size_t>(n)] = static_cast<float>(at - whole);
    }
}

// Two voxels that follow each other in a row, read and kept as one number.
using Pair = std::uint32_t;
using Pairs = std::array<Pair, most>;
static_assert(std::endian::native == std::endian::little);

Pair pair_at(const std::int16_t* p) {
    Pair pair = 0;
    std::memcpy(&pair, p, sizeof pair);
    return pair;
}

// Between the two, `a` of the way.
float along(Pair pair, float a) {
    const int low = static_cast<std::int16_t>(pair), high = static_cast<std::int32_t>(pair) >> 16;
    return static_cast<float>(low) + a * static_cast<float>(high - low);
}

// A run of samples within the volume, all of it step by step: a loop that does one thing is made wide.
class Sampler {
  public:
    explicit Sampler(const Volume& volume)
        : hu_(volume.hu.data()), row_(volume.grid.size[0]), plane_(row_ * volume.grid.size[1]) {}

    void sample(const std::array<Ramp, 3>& ramps, int first, int count, std::int16_t* __restrict__ out) {
        for (std::size_t axis = 0; axis < 3; ++axis) find_places(ramps[axis], first, count, places_[axis]);
        fetch(count);
        for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
            const float a = places_[0].part[n], b = places_[1].part[n], c = places_[2].part[n];
            const float near_low = along(pairs_[0][n], a), far_low = along(pairs_[2][n], a);
            const float near = near_low + b * (along(pairs_[1][n], a) - near_low);
            const float far = far_low + b * (along(pairs_[3][n], a) - far_low);
            out[n] = to_nearest(near + c * (far - near));
        }
    }

  private:
    void fetch(int count) {
        for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
            const std::int16_t* p =
                hu_ + (places_[2].whole[n] * plane_ + places_[1].whole[n] * row_ + places_[0].whole[n]);
            pairs_[0][n] = pair_at(p);
            pairs_[1][n] = pair_at(p + row_);
            pairs_[2][n] = pair_at(p + plane_);
            pairs_[3][n] = pair_at(p + plane_ + row_);
        }
    }

    const std::int16_t* hu_;
    std::ptrdiff_t row_, plane_;
    std::array<Places, 3> places_{};
    std::array<Pairs, 4> pairs_{};
};

}  // namespace

void resample_plane(const Volume& volume, const Affine& at, int nx, int ny, std::int16_t* out) {
    Sampler sampler(volume);
    const auto& size = volume.grid.size;
    for (int j = 0; j < ny; ++j, out += nx) {
        const Vec3 shift = at.step[1] * j;
        const std::array<Ramp, 3> ramps{Ramp{at.first.x, at.step[0].x, shift.x},
                                        Ramp{at.first.y, at.step[0].y, shift.y},
                                        Ramp{at.first.z, at.step[0].z, shift.z}};
        Range range{0, nx};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const Range here = inside(ramps[axis], nx, size[axis]);
            range = {std::max(range.first, here.first), std::min(range.end, here.end)};
        }
        range.end = std::max(range.first, range.end);
        std::fill(out, out + range.first, outside_hu);
        std::fill(out + range.end, out + nx, outside_hu);
        for (int i = range.first; i < range.end; i += most)
            sampler.sample(ramps, i, std::min(most, range.end - i), out + i);
    }
}

Block resample(const Volume& volume, const Affine& at, std::array<int, 3> size, int threads) {
    const auto [nx, ny, nz] = size;
    Block block{size, Large<std::int16_t>(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny) *
                                          static_cast<std::size_t>(nz))};
    parallel_for(threads, nz, [&, nx = nx, ny = ny](int k) {
        const Affine plane{at.first + at.step[2] * k, at.step};
        resample_plane(volume, plane, nx, ny, &block.values[block.offset(0, 0, k)]);
    });
    return block;
}

}  // namespace calcinode::kernels
