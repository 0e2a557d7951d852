#include "analysis/deposits/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace calcinode::deposits {
namespace {

constexpr int least_hu = 0, most_hu = 120;       // muscle, organs and blood, with their noise
constexpr double apart_mm = 3;                   // noise of neighbours is much the same
constexpr int rows_apart = 2, slices_apart = 4;  // a sample does
constexpr std::size_t least_pairs = 1000;
constexpr double mad_to_sd = 1.4826;
// The bounds above cut the tails off: of noise of 20 to 30 HU a quarter of the deviation.
constexpr double for_cut_tails = 1.3;

bool is_soft(int hu) {
    return hu > least_hu && hu < most_hu;
}

}  // namespace

double noise_hu(const Volume& volume) {
    const auto& grid = volume.grid;
    const int apart = std::max(1, static_cast<int>(std::lround(apart_mm / grid.spacing_mm[0])));
    std::array<std::size_t, most_hu> differences{};
    std::size_t pairs = 0;
    for (int k = 0; k < grid.size[2]; k += slices_apart)
        for (int j = 0; j < grid.size[1]; j += rows_apart)
            for (int i = 0; i + apart < grid.size[0]; ++i) {
                const int one = volume.at({i, j, k}), other = volume.at({i + apart, j, k});
                if (!is_soft(one) || !is_soft(other)) continue;
                ++differences[static_cast<std::size_t>(std::abs(one - other))];
                ++pairs;
            }
    if (pairs < least_pairs) return 0;
    std::size_t median = 0;
    for (std::size_t below = differences[0]; 2 * below < pairs; below += differences[median]) ++median;
    return for_cut_tails * mad_to_sd * static_cast<double>(median) / std::numbers::sqrt2;
}

}  // namespace calcinode::deposits
