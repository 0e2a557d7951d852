#include "phantom/scanner.hpp"

#include <array>
#include <cmath>

#include "phantom/random.hpp"

namespace calcinode::phantom {
namespace {

constexpr double blur_mm = 0.6;          // standard deviation of the point spread, a soft kernel's
constexpr double noise_blur_mm = 0.5;    // the noise's grain
constexpr float noise_hu = 16;           // standard deviation where the neck is thin
constexpr float shoulder_noise_hu = 16;  // more, below the shoulders
constexpr int longest_kernel = 9;

struct Kernel {
    int reach = 0;
    std::array<float, longest_kernel> weight{};  // weight[|offset|]
};

Kernel gaussian_kernel(double sigma_mm, double spacing_mm) {
    Kernel kernel;
    const double sigma = sigma_mm / spacing_mm;
    kernel.reach = std::clamp(static_cast<int>(std::ceil(3 * sigma)), 1, longest_kernel - 1);
    double sum = 0;
    for (int n = 0; n <= kernel.reach; ++n) {
        const double w = std::exp(-n * n / (2 * sigma * sigma));
        kernel.weight[static_cast<std::size_t>(n)] = static_cast<float>(w);
        sum += n == 0 ? w : 2 * w;
    }
    for (auto& w : kernel.weight) w = static_cast<float>(w / sum);
    return kernel;
}

// One line of `count` values `stride` apart, ends repeated. `line` is scratch of at least that many values.
void filter_line(float* data, int count, std::size_t stride, const Kernel& kernel, std::vector<float>& line) {
    line.resize(static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n)
        line[static_cast<std::size_t>(n)] = data[static_cast<std::size_t>(n) * stride];
    const auto value = [&](int n) { return line[static_cast<std::size_t>(std::clamp(n, 0, count - 1))]; };
    for (int n = 0; n < count; ++n) {
        float sum = kernel.weight[0] * value(n);
        for (int m = 1; m <= kernel.reach; ++m)
            sum += kernel.weight[static_cast<std::size_t>(m)] * (value(n - m) + value(n + m));
        data[static_cast<std::size_t>(n) * stride] = sum;
    }
}

// Along j or k: whole rows at once, so that memory is walked in order. rows are `stride` apart.
void filter_rows(float* data, int width, int count, std::size_t stride, const Kernel& kernel,
                 std::vector<float>& block) {
    const auto columns = static_cast<std::size_t>(width);
    block.resize(columns * static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n)
        std::copy_n(data + static_cast<std::size_t>(n) * stride, columns,
                    block.data() + static_cast<std::size_t>(n) * columns);
    const auto row = [&](int n) {
        return block.data() + static_cast<std::size_t>(std::clamp(n, 0, count - 1)) * columns;
    };
    for (int n = 0; n < count; ++n) {
        float* out = data + static_cast<std::size_t>(n) * stride;
        const float* centre = row(n);
        for (std::size_t i = 0; i < columns; ++i) out[i] = kernel.weight[0] * centre[i];
        for (int m = 1; m <= kernel.reach; ++m) {
            const float* before = row(n - m);
            const float* after = row(n + m);
            const float w = kernel.weight[static_cast<std::size_t>(m)];
            for (std::size_t i = 0; i < columns; ++i) out[i] += w * (before[i] + after[i]);
        }
    }
}

void blur_plane(float* plane, const Grid& grid, const Kernel& along_i, const Kernel& along_j,
                std::vector<float>& scratch) {
    const auto width = static_cast<std::size_t>(grid.size[0]);
    for (int j = 0; j < grid.size[1]; ++j)
        filter_line(plane + static_cast<std::size_t>(j) * width, grid.size[0], 1, along_i, scratch);
    filter_rows(plane, grid.size[0], grid.size[1], width, along_j, scratch);
}

void blur(Canvas& canvas) {
    const Grid& grid = canvas.grid;
    std::array<Kernel, 3> kernel;
    for (std::size_t a = 0; a < 3; ++a) kernel[a] = gaussian_kernel(blur_mm, grid.spacing_mm[a]);
    const std::size_t plane = grid.offset({0, 0, 1 % std::max(grid.size[2], 2)});
    parallel_for(painters(), grid.size[2], [&](int k) {
        std::vector<float> scratch;
        blur_plane(canvas.hu.data() + static_cast<std::size_t>(k) * plane, grid, kernel[0], kernel[1],
                   scratch);
    });
    parallel_for(painters(), grid.size[1], [&](int j) {
        std::vector<float> scratch;
        filter_rows(canvas.hu.data() + grid.offset({0, j, 0}), grid.size[0], grid.size[2], plane, kernel[2],
                    scratch);
    });
}

// Deviation of white noise after both passes of a kernel, to undo its loss.
float gain(const Kernel& a, const Kernel& b) {
    const auto power = [](const Kernel& k) {
        float sum = k.weight[0] * k.weight[0];
        for (int n = 1; n <= k.reach; ++n)
            sum += 2 * k.weight[static_cast<std::size_t>(n)] * k.weight[static_cast<std::size_t>(n)];
        return std::sqrt(sum);
    };
    return 1 / (power(a) * power(b));
}

std::int16_t rounded(float hu) {
    return static_cast<std::int16_t>(std::lround(std::clamp(hu, -1024.0F, 3071.0F)));
}

}  // namespace

Volume scan(Canvas canvas, const Frame& neck, std::uint64_t seed) {
    blur(canvas);
    const Grid& grid = canvas.grid;
    Volume volume{grid, std::vector<std::int16_t>(grid.voxels())};
    const auto plane = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]);
    const Kernel fine_i = gaussian_kernel(noise_blur_mm, grid.spacing_mm[0]);
    const Kernel fine_j = gaussian_kernel(noise_blur_mm, grid.spacing_mm[1]);
    const Kernel streak = gaussian_kernel(4 * noise_blur_mm, grid.spacing_mm[0]);  // shoulders: along x
    parallel_for(painters(), grid.size[2], [&](int k) {
        std::vector<float> noise(plane), streaks(plane), scratch;
        const auto first = static_cast<std::size_t>(k) * plane;
        const float height = neck.to_local(grid.to_lps(grid.size[0] / 2.0, grid.size[1] / 2.0, k)).z;
        const float shoulders = ramp(-45, -85, height);
        for (std::size_t n = 0; n < plane; ++n) noise[n] = gaussian_at(seed, first + n);
        blur_plane(noise.data(), grid, fine_i, fine_j, scratch);
        const float scale = noise_hu * gain(fine_i, fine_j);
        float streak_scale = 0;
        if (shoulders > 0) {
            for (std::size_t n = 0; n < plane; ++n) streaks[n] = gaussian_at(~seed, first + n);
            blur_plane(streaks.data(), grid, streak, fine_j, scratch);
            streak_scale = shoulder_noise_hu * shoulders * gain(streak, fine_j);
        }
        for (std::size_t n = 0; n < plane; ++n)
            volume.hu[first + n] =
                rounded(canvas.hu[first + n] + scale * noise[n] + streak_scale * streaks[n]);
    });
    return volume;
}

}  // namespace calcinode::phantom
