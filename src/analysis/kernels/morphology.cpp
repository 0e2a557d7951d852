#include "analysis/kernels/morphology.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

// A ball as rows along i: for each (dj, dk) the half-width of its row.
struct Row {
    int dj, dk, half;
};

std::vector<Row> ball_rows(double radius) {
    const int reach = static_cast<int>(radius);
    std::vector<Row> rows;
    for (int dk = -reach; dk <= reach; ++dk)
        for (int dj = -reach; dj <= reach; ++dj) {
            const double left = radius * radius - dk * dk - dj * dj;
            if (left >= 0) rows.push_back({dj, dk, static_cast<int>(std::sqrt(left))});
        }
    return rows;
}

// Combines each voxel with the ball around it. Rows of equal half-width share one horizontal pass: the
// extremes over 1, 3, 5 ... voxels are made once for each row and then only combined across rows.
template <class Pick>
Block extreme(const Block& in, double radius, int threads, std::int16_t neutral, Pick pick) {
    const auto [nx, ny, nz] = in.size;
    const auto rows = ball_rows(radius);
    const int widest = static_cast<int>(radius);
    const auto width = static_cast<std::size_t>(nx);

    // horizontal[h]: extreme over i - h ... i + h
    std::vector<std::vector<std::int16_t>> horizontal(static_cast<std::size_t>(widest + 1));
    horizontal[0] = in.values;
    for (int h = 1; h <= widest; ++h) horizontal[static_cast<std::size_t>(h)].resize(in.values.size());
    parallel_for(threads, nz, [&](int k) {
        for (int j = 0; j < ny; ++j) {
            const std::size_t start = in.offset(0, j, k);
            const std::int16_t* line = &in.values[start];
            for (int h = 1; h <= widest; ++h) {
                const std::int16_t* narrower = &horizontal[static_cast<std::size_t>(h - 1)][start];
                std::int16_t* out = &horizontal[static_cast<std::size_t>(h)][start];
                for (int i = 0; i < nx; ++i) {
                    std::int16_t value = narrower[i];
                    if (i - h >= 0) value = pick(value, line[i - h]);
                    if (i + h < nx) value = pick(value, line[i + h]);
                    out[i] = value;
                }
            }
        }
    });

    Block out{in.size, std::vector<std::int16_t>(in.values.size())};
    parallel_for(threads, nz, [&](int k) {
        for (int j = 0; j < ny; ++j) {
            std::int16_t* target = &out.values[in.offset(0, j, k)];
            std::fill_n(target, width, neutral);
            for (const auto& row : rows) {
                const int jj = j + row.dj, kk = k + row.dk;
                if (jj < 0 || kk < 0 || jj >= ny || kk >= nz) continue;
                const std::int16_t* source =
                    &horizontal[static_cast<std::size_t>(row.half)][in.offset(0, jj, kk)];
                for (std::size_t i = 0; i < width; ++i) target[i] = pick(target[i], source[i]);
            }
        }
    });
    return out;
}

std::vector<float> gaussian_weights(double sigma) {
    const int reach = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
    std::vector<float> weights;
    double sum = 0;
    for (int d = -reach; d <= reach; ++d) {
        weights.push_back(static_cast<float>(std::exp(-0.5 * d * d / (sigma * sigma))));
        sum += weights.back();
    }
    for (auto& w : weights) w = static_cast<float>(w / sum);
    return weights;
}

std::int16_t rounded(float value) {
    return static_cast<std::int16_t>(std::lround(value));
}

}  // namespace

Block erode(const Block& in, double radius, int threads) {
    return extreme(in, radius, threads, std::numeric_limits<std::int16_t>::max(),
                   [](std::int16_t a, std::int16_t b) { return a < b ? a : b; });
}

Block dilate(const Block& in, double radius, int threads) {
    return extreme(in, radius, threads, std::numeric_limits<std::int16_t>::min(),
                   [](std::int16_t a, std::int16_t b) { return a > b ? a : b; });
}

Block open(const Block& in, double radius, int threads) {
    return dilate(erode(in, radius, threads), radius, threads);
}

Block gaussian(const Block& in, double sigma, int threads) {
    const auto [nx, ny, nz] = in.size;
    const auto weights = gaussian_weights(sigma);
    const int reach = static_cast<int>(weights.size()) / 2;
    const auto area = static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny);

    // Within each slice along i and j, then across slices.
    std::vector<float> planes(in.values.size());
    parallel_for(threads, nz, [&](int k) {
        std::vector<float> along_i(area);
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) {
                float sum = 0;
                for (int d = -reach; d <= reach; ++d)
                    sum += weights[static_cast<std::size_t>(d + reach)] *
                           in.values[in.offset(std::clamp(i + d, 0, nx - 1), j, k)];
                along_i[static_cast<std::size_t>(j * nx + i)] = sum;
            }
        float* out = &planes[in.offset(0, 0, k)];
        for (int j = 0; j < ny; ++j)
            for (int d = -reach; d <= reach; ++d) {
                const float w = weights[static_cast<std::size_t>(d + reach)];
                const float* row = &along_i[static_cast<std::size_t>(std::clamp(j + d, 0, ny - 1) * nx)];
                float* target = out + static_cast<std::ptrdiff_t>(j) * nx;
                for (int i = 0; i < nx; ++i) target[i] += w * row[i];
            }
    });
    Block out{in.size, std::vector<std::int16_t>(in.values.size())};
    parallel_for(threads, nz, [&](int k) {
        std::vector<float> sum(area);
        for (int d = -reach; d <= reach; ++d) {
            const float w = weights[static_cast<std::size_t>(d + reach)];
            const float* plane = &planes[in.offset(0, 0, std::clamp(k + d, 0, nz - 1))];
            for (std::size_t n = 0; n < area; ++n) sum[n] += w * plane[n];
        }
        std::ranges::transform(sum, out.values.begin() + static_cast<std::ptrdiff_t>(in.offset(0, 0, k)),
                               rounded);
    });
    return out;
}

}  // namespace calcinode::kernels
