#include "report/resample.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::report {
namespace {

// Where a pixel of the new axis takes its value from: neighbours on the old axis and their weights.
struct Tap {
    std::size_t from = 0;
    float weight = 0;
};
using Taps = std::vector<Tap>;

constexpr double kernel_reach = 2;  // of Catmull-Rom, in pixels

double catmull_rom(double distance) {
    const double d = std::abs(distance);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    if (d < kernel_reach) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
    return 0;
}

std::vector<Taps> taps_of(int size, int to_size) {
    const double ratio = static_cast<double>(size) / to_size;
    const double stretch = std::max(1.0, ratio);  // of the kernel, where the axis shrinks
    std::vector<Taps> all(static_cast<std::size_t>(to_size));
    for (int n = 0; n < to_size; ++n) {
        const double at = (n + 0.5) * ratio - 0.5;
        const int first = static_cast<int>(std::ceil(at - kernel_reach * stretch));
        const int last = static_cast<int>(std::floor(at + kernel_reach * stretch));
        double sum = 0;
        for (int from = first; from <= last; ++from) sum += catmull_rom((from - at) / stretch);
        for (int from = first; from <= last; ++from) {
            const double weight = catmull_rom((from - at) / stretch) / sum;
            if (weight == 0) continue;
            all[static_cast<std::size_t>(n)].push_back(
                {static_cast<std::size_t>(std::clamp(from, 0, size - 1)), static_cast<float>(weight)});
        }
    }
    return all;
}

}  // namespace

std::vector<float> resampled(const std::vector<std::int16_t>& hu, int width, int height, int to_width,
                             int to_height) {
    const auto across = taps_of(width, to_width), down = taps_of(height, to_height);
    const auto columns = static_cast<std::size_t>(to_width);
    std::vector<float> wide(columns * static_cast<std::size_t>(height));  // stretched across only
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        const auto* const row = hu.data() + y * static_cast<std::size_t>(width);
        for (std::size_t x = 0; x < columns; ++x)
            for (const auto& tap : across[x])
                wide[y * columns + x] += tap.weight * static_cast<float>(row[tap.from]);
    }
    std::vector<float> result(columns * static_cast<std::size_t>(to_height));
    for (std::size_t y = 0; y < down.size(); ++y)
        for (const auto& tap : down[y])
            for (std::size_t x = 0; x < columns; ++x)
                result[y * columns + x] += tap.weight * wide[tap.from * columns + x];
    return result;
}

}  // namespace calcinode::report
