#include "analysis/kernels/distance.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "analysis/kernels/envelope.hpp"
#include "analysis/kernels/memory.hpp"
#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

constexpr float nowhere = std::numeric_limits<float>::infinity();

// Squared distance along the row.
void along_row(const std::uint8_t* mask, float* out, int length, float spacing) {
    float steps = nowhere;
    for (int i = 0; i < length; ++i) out[i] = steps = mask[i] != 0 ? 0 : steps + 1;
    for (int i = length; i-- > 0;) {
        steps = std::min(out[i], steps + 1);
        out[i] = steps * spacing * (steps * spacing);
    }
}

// Columns are taken some at a time: as many floats as a line of the cache, which is fetched as a whole
// anyway.
constexpr int lanes = 16;

// Lower envelopes along the columns of a plane: `count` values `step` apart, for each of `width` columns.
template <class Finish>
void along_columns(float* plane, int width, int count, std::ptrdiff_t step, Envelope& envelope,
                   std::vector<float>& column, Finish finish) {
    column.resize(static_cast<std::size_t>(count) * lanes);
    for (int first = 0; first < width; first += lanes) {
        const int now = std::min(lanes, width - first);
        float* corner = plane + first;
        for (int n = 0; n < count; ++n)
            for (int lane = 0; lane < now; ++lane)
                column[static_cast<std::size_t>(lane * count + n)] = corner[n * step + lane];
        for (int lane = 0; lane < now; ++lane)
            envelope.lower(&column[static_cast<std::size_t>(lane * count)]);
        for (int n = 0; n < count; ++n)
            for (int lane = 0; lane < now; ++lane)
                corner[n * step + lane] = finish(column[static_cast<std::size_t>(lane * count + n)]);
    }
}

}  // namespace

// Squared distances within rows, then slices, then all: the squares of the axes add up.
Large<float> distance_mm(const std::vector<std::uint8_t>& mask, std::array<int, 3> size,
                         std::array<double, 3> spacing_mm, int threads) {
    const auto [nx, ny, nz] = size;
    const std::ptrdiff_t area = static_cast<std::ptrdiff_t>(nx) * ny;
    Large<float> distance(mask.size());
    parallel_for(threads, nz, [&](int k) {
        Envelope envelope(ny, spacing_mm[1]);
        std::vector<float> column;
        float* slice = distance.data() + k * area;
        for (int j = 0; j < ny; ++j)
            along_row(mask.data() + k * area + static_cast<std::ptrdiff_t>(j) * nx,
                      slice + static_cast<std::ptrdiff_t>(j) * nx, nx, static_cast<float>(spacing_mm[0]));
        along_columns(slice, nx, ny, nx, envelope, column, [](float squared) { return squared; });
    });
    parallel_for(threads, ny, [&](int j) {
        Envelope envelope(nz, spacing_mm[2]);
        std::vector<float> column;
        along_columns(distance.data() + static_cast<std::ptrdiff_t>(j) * nx, nx, nz, area, envelope, column,
                      [](float squared) { return std::sqrt(squared); });
    });
    return distance;
}

}  // namespace calcinode::kernels
