#include "analysis/spine/symmetry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr int largest_turn_deg = 12, turn_step_deg = 2;
constexpr int turns = 2 * largest_turn_deg / turn_step_deg + 1;
constexpr int station_step_mm = 2;
constexpr int reach_mm = 40;  // arches, processes and rib heads; further out arms and shoulders
constexpr int low_hu = 100,
              high_hu = 500;         // bone against all else; a deposit or metal counts no more than bone
constexpr double smoothing_mm = 18;  // a vertebra turns against its neighbour by a few degrees only

// How much bone lies on bone when this plane, turned, is folded at its middle.
double likeness(const Straight& straight, int s, double degrees) {
    const auto& block = straight.hu;
    const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), n = std::sin(angle);
    const auto bone = [&](double u, double v) {
        const int i = static_cast<int>(std::lround(u * c - v * n)) + half_width_mm;
        const int j = static_cast<int>(std::lround(u * n + v * c)) + front_mm;
        if (i < 0 || j < 0 || i >= block.size[0] || j >= block.size[1]) return 0;
        return std::clamp<int>(block.values[block.offset(i, j, s)], low_hu, high_hu) - low_hu;
    };
    double sum = 0;
    for (int v = -30; v <= reach_mm; v += 2)
        for (int u = 2; u <= reach_mm; u += 2) sum += std::min(bone(u, v), bone(-u, v));
    return sum;
}

}  // namespace

std::vector<double> axial_turn(const Straight& straight, int threads) {
    const int length = straight.hu.size[2];
    const int stations = (length + station_step_mm - 1) / station_step_mm;
    std::vector<std::array<double, turns>> table(static_cast<std::size_t>(stations));
    parallel_for(threads, stations, [&](int n) {
        for (int t = 0; t < turns; ++t)
            table[static_cast<std::size_t>(n)][static_cast<std::size_t>(t)] =
                likeness(straight, n * station_step_mm, t * turn_step_deg - largest_turn_deg);
    });
    std::vector<double> degrees;
    for (int s = 0; s < length; ++s) {
        std::array<double, turns> sum{};
        for (int n = 0; n < stations; ++n) {
            const double far = (n * station_step_mm - s) / smoothing_mm;
            if (std::abs(far) > 3) continue;
            const double w = std::exp(-0.5 * far * far);
            for (std::size_t t = 0; t < turns; ++t) sum[t] += w * table[static_cast<std::size_t>(n)][t];
        }
        const auto best = std::ranges::max_element(sum) - sum.begin();
        // Between two steps: the top of the parabola through the best and its neighbours.
        double between = 0;
        if (best > 0 && best + 1 < turns) {
            const double a = sum[static_cast<std::size_t>(best - 1)], b = sum[static_cast<std::size_t>(best)],
                         c = sum[static_cast<std::size_t>(best + 1)];
            if (a + c < 2 * b) between = 0.5 * (a - c) / (a - 2 * b + c);
        }
        degrees.push_back((static_cast<double>(best) + between) * turn_step_deg - largest_turn_deg);
    }
    return degrees;
}

}  // namespace calcinode::spine
