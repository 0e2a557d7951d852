#include "analysis/spine/body_depth.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace calcinode::spine {
namespace {

constexpr int strip_half_width_mm = 5, strip_half_height_mm = 3;  // of the strip that is averaged
constexpr int back_wall_v = -7, search_from_v = -15;              // no body is less deep than 8 mm
constexpr int inner_from_v = -20, inner_to_v = -9;                // within any body
constexpr int least_hu = -200, most_hu = 700, outside_hu = -1024;
constexpr int widest_seen_mm = 30;  // in front of the canal, must be in view
constexpr int end_run_mm = 3;       // a vein's mouth in the front wall is smaller
// Half-way between soft tissue and this body's inside, but above enhanced muscle.
constexpr double soft_hu = 40, share = 0.45, least_edge_hu = 90;

constexpr int columns = front_mm + back_wall_v + 1;  // v from -front_mm to the back wall
using Row = std::array<double, columns>;

double depth_of(const Row& row) {
    std::array<double, inner_to_v - inner_from_v + 1> inside{};
    std::copy_n(row.begin() + inner_from_v + front_mm, inside.size(), inside.begin());
    std::ranges::nth_element(inside, inside.begin() + inside.size() / 2);
    const double edge = std::max(least_edge_hu, soft_hu + share * (inside[inside.size() / 2] - soft_hu));
    int run = 0;
    for (int c = search_from_v + front_mm; c >= 0; --c) {
        run = row[static_cast<std::size_t>(c)] < edge ? run + 1 : 0;
        if (run == end_run_mm) return columns - 1 - (c + end_run_mm - 1);
    }
    return columns - 1;
}

}  // namespace

std::vector<double> body_depths(const Straight& straight) {
    const auto& block = straight.hu;
    const int n = block.size[2];
    std::vector<double> depths;
    for (int s = 0; s < n; ++s) {
        Row row{};
        bool seen = true;
        for (int c = 0; c < columns; ++c) {
            int sum = 0, count = 0;
            for (int k = std::max(0, s - strip_half_height_mm);
                 k <= std::min(n - 1, s + strip_half_height_mm); ++k)
                for (int u = -strip_half_width_mm; u <= strip_half_width_mm; ++u, ++count)
                    sum += std::clamp<int>(block.values[block.offset(u + half_width_mm, c, k)], least_hu,
                                           most_hu);
            row[static_cast<std::size_t>(c)] = static_cast<double>(sum) / count;
            // Out of the volume near the body: no statement.
            if (c > front_mm - widest_seen_mm &&
                block.values[block.offset(half_width_mm, c, s)] == outside_hu)
                seen = false;
        }
        depths.push_back(seen ? depth_of(row) : std::numeric_limits<double>::quiet_NaN());
    }
    return depths;
}

}  // namespace calcinode::spine
