#include "analysis/spine/spinous.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace calcinode::spine {
namespace {

// In the middle plane, from behind the canal to the processes' tips; a process lies below its vertebra.
constexpr int half_width_mm = 3, from_v = 10, to_v = 44;
constexpr int above_mm = 8, below_mm = 21;
constexpr int least_hu = 0, most_hu = 500;

struct Tensor {
    double ss = 0, vv = 0, sv = 0;  // sums of products of the slopes of attenuation along s and v
};

// The middle plane behind the canal, smoothed (1 2 1) in both directions so that noise has no direction.
std::vector<double> middle_plane(const Straight& straight) {
    const auto& block = straight.hu;
    constexpr int width = to_v - from_v + 1;
    const int n = block.size[2];
    std::vector<double> plane;
    for (int s = 0; s < n; ++s)
        for (int v = from_v; v <= to_v; ++v) {
            int sum = 0;
            for (int u = -half_width_mm; u <= half_width_mm; ++u)
                sum += std::clamp<int>(block.values[block.offset(u + spine::half_width_mm, v + front_mm, s)],
                                       least_hu, most_hu);
            plane.push_back(static_cast<double>(sum) / (2 * half_width_mm + 1));
        }
    constexpr int passes = 2;
    for (int pass = 0; pass < passes; ++pass) {
        const auto before = plane;
        const auto at = [&](int s, int c) {
            return before[static_cast<std::size_t>(std::clamp(s, 0, n - 1) * width +
                                                   std::clamp(c, 0, width - 1))];
        };
        const auto row = [&](int s, int c) { return (at(s, c - 1) + 2 * at(s, c) + at(s, c + 1)) / 4; };
        for (int s = 0; s < n; ++s)
            for (int c = 0; c < width; ++c)
                plane[static_cast<std::size_t>(s * width + c)] =
                    (row(s - 1, c) + 2 * row(s, c) + row(s + 1, c)) / 4;
    }
    return plane;
}

std::vector<Tensor> tensors(const std::vector<double>& plane) {
    constexpr int width = to_v - from_v + 1;
    const int n = static_cast<int>(plane.size()) / width;
    std::vector<Tensor> rows(static_cast<std::size_t>(n));
    const auto at = [&](int s, int c) { return plane[static_cast<std::size_t>(s * width + c)]; };
    for (int s = 1; s + 1 < n; ++s)
        for (int c = 1; c + 1 < width; ++c) {
            const double along_s = at(s + 1, c) - at(s - 1, c), along_v = at(s, c + 1) - at(s, c - 1);
            auto& row = rows[static_cast<std::size_t>(s)];
            row.ss += along_s * along_s;
            row.vv += along_v * along_v;
            row.sv += along_s * along_v;
        }
    return rows;
}

}  // namespace

std::vector<SpinousSlope> spinous_slopes(const Straight& straight) {
    const auto rows = tensors(middle_plane(straight));
    const int n = static_cast<int>(rows.size());
    std::vector<SpinousSlope> slopes;
    for (int middle = 0; middle < n; ++middle) {
        Tensor sum;
        for (int s = std::max(0, middle - above_mm); s <= std::min(n - 1, middle + below_mm); ++s) {
            const auto& row = rows[static_cast<std::size_t>(s)];
            sum.ss += row.ss, sum.vv += row.vv, sum.sv += row.sv;
        }
        // The attenuation changes most across the processes: their direction is at right angles to that.
        const double across = 0.5 * std::atan2(2 * sum.sv, sum.ss - sum.vv);
        const double total = sum.ss + sum.vv;
        const bool whole = middle + below_mm / 2 < n;  // most of the process is in view
        slopes.push_back({-across * 180 / std::numbers::pi,
                          whole && total > 0 ? std::hypot(sum.ss - sum.vv, 2 * sum.sv) / total : 0});
    }
    return slopes;
}

}  // namespace calcinode::spine
