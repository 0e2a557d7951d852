#include "report/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace calcinode::report {
namespace {

// Where a pixel of the new axis takes its value from: four neighbours on the old axis and their weights.
struct Taps {
    std::array<std::size_t, 4> from{};
    std::array<float, 4> weight{};
};

std::vector<Taps> taps_of(int size, int to_size) {
    std::vector<Taps> all;
    for (int n = 0; n < to_size; ++n) {
        const double at = (n + 0.5) * size / to_size - 0.5;
        const double low = std::floor(at);
        const float t = static_cast<float>(at - low);
        Taps taps;
        for (int d = -1; d <= 2; ++d)
            taps.from[static_cast<std::size_t>(d + 1)] =
                static_cast<std::size_t>(std::clamp(static_cast<int>(low) + d, 0, size - 1));
        taps.weight = {((-0.5F * t + 1) * t - 0.5F) * t, (1.5F * t - 2.5F) * t * t + 1,
                       ((-1.5F * t + 2) * t + 0.5F) * t, (0.5F * t - 0.5F) * t * t};
        all.push_back(taps);
    }
    return all;
}

}  // namespace

std::vector<std::uint8_t> resampled(const std::vector<std::uint8_t>& grey, int width, int height,
                                    int to_width, int to_height) {
    const auto across = taps_of(width, to_width), down = taps_of(height, to_height);
    const auto columns = static_cast<std::size_t>(to_width);
    std::vector<float> wide(columns * static_cast<std::size_t>(height));  // stretched across only
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
        const auto* const row = grey.data() + y * static_cast<std::size_t>(width);
        for (std::size_t x = 0; x < columns; ++x)
            for (std::size_t d = 0; d < 4; ++d)
                wide[y * columns + x] += across[x].weight[d] * static_cast<float>(row[across[x].from[d]]);
    }
    std::vector<std::uint8_t> result;
    result.reserve(columns * static_cast<std::size_t>(to_height));
    for (const auto& taps : down)
        for (std::size_t x = 0; x < columns; ++x) {
            float value = 0;
            for (std::size_t d = 0; d < 4; ++d) value += taps.weight[d] * wide[taps.from[d] * columns + x];
            result.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))));
        }
    return result;
}

}  // namespace calcinode::report
