#include "analysis/spine/skull.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace calcinode::spine {
namespace {

constexpr int bone_hu = 300;
// Behind the arch of C1 and beside the spinous processes, in front of the scalp.
constexpr int from_side_mm = 10, to_side_mm = 20, from_back_mm = 24, to_back_mm = 60;
constexpr int broad_mm2 = 70;  // of bone on each side; ribs and table give up to 45

int bone_area(const Straight& straight, int s, int from_u, int to_u) {
    const auto& block = straight.hu;
    int area = 0;
    for (int v = from_back_mm; v < to_back_mm; ++v)
        for (int u = from_u; u <= to_u; ++u)
            area += block.values[block.offset(u + half_width_mm, v + front_mm, s)] > bone_hu;
    return area;
}

}  // namespace

int lowest_occiput(const Straight& straight) {
    constexpr int most_apart_mm = 20;  // of the two sides, where the head is tilted against the neck
    const auto lowest = [&](int from_u, int to_u) {
        for (int s = straight.hu.size[2] - 1; s >= 0; --s)
            if (bone_area(straight, s, from_u, to_u) >= broad_mm2) return s;
        return -1;
    };
    const int left = lowest(from_side_mm, to_side_mm), right = lowest(-to_side_mm, -from_side_mm);
    if (left < 0 || right < 0 || std::abs(left - right) > most_apart_mm) return -1;
    return (left + right) / 2;
}

std::vector<int> atlas_borders(const Straight& straight) {
    constexpr int from_u = 30, to_u = 38, from_v = -22, to_v = 2;  // beyond the reach of C2 to C6
    constexpr int transverse_process_hu = 250;
    constexpr double wide = 0.4;  // of the columns, on both sides
    constexpr int narrow_below_mm = 45, least_below_mm = 28;
    constexpr double narrow_share = 0.85, gap_mm = 4;
    const auto& block = straight.hu;
    const int n = block.size[2];
    const auto share = [&](int s, int side) {
        int columns = 0;
        for (int u = from_u; u <= to_u; ++u)
            for (int v = from_v; v <= to_v; ++v)
                if (block.values[block.offset(side * u + half_width_mm, v + front_mm, s)] >
                    transverse_process_hu) {
                    ++columns;
                    break;
                }
        return static_cast<double>(columns) / (to_u - from_u + 1);
    };
    std::vector<int> wide_above{0};  // how many heights above are wide
    for (int s = 0; s < n; ++s)
        wide_above.push_back(wide_above.back() + (std::min(share(s, -1), share(s, 1)) >= wide ? 1 : 0));
    const auto wide_in = [&](int from, int to) {
        return wide_above[static_cast<std::size_t>(to)] - wide_above[static_cast<std::size_t>(from)];
    };
    std::vector<int> borders;
    for (int s = 0; s + least_below_mm < n; ++s) {
        const int below = std::min(n, s + 1 + narrow_below_mm);
        const bool ends_here =
            wide_in(s, s + 1) == 1 && wide_in(s + 1, s + 1 + static_cast<int>(gap_mm)) == 0;
        if (ends_here && wide_in(s + 1, below) <= (1 - narrow_share) * (below - s - 1)) borders.push_back(s);
    }
    return borders;
}

int dens_behind_arch(const Straight& straight, int occiput) {
    constexpr int half_width = 5, from_v = -26, to_v = -8;  // dens and arch in the middle plane
    constexpr int least_hu = -200, most_hu = 1200;
    constexpr int smoothing_mm = 3, near_mm = 20, spine_below_mm = 70;
    constexpr double stands_out = 1.4, gap = 0.6;  // against the column below
    constexpr int gap_below_mm = 18, bone_again_mm = 12;
    const auto& block = straight.hu;
    const int n = block.size[2];
    std::vector<double> column;
    for (int s = 0; s < n; ++s) {
        double sum = 0;
        for (int v = from_v; v <= to_v; ++v)
            for (int u = -half_width; u <= half_width; ++u)
                sum += std::clamp<int>(block.values[block.offset(u + half_width_mm, v + front_mm, s)],
                                       least_hu, most_hu);
        column.push_back(sum / ((to_v - from_v + 1) * (2 * half_width + 1)));
    }
    const auto mean_near = [&](int s) {
        double sum = 0;
        for (int d = -smoothing_mm; d <= smoothing_mm; ++d)
            sum += column[static_cast<std::size_t>(std::clamp(s + d, 0, n - 1))];
        return sum / (2 * smoothing_mm + 1);
    };
    const int first = std::max(0, occiput - near_mm), last = std::min(n - 1, occiput + near_mm);
    std::vector<double> spine_below(column.begin() + std::min(last, n - 1),
                                    column.begin() + std::min(last + spine_below_mm, n));
    std::erase_if(spine_below, [](double hu) { return hu < 0; });  // out of view
    if (spine_below.empty()) return -1;
    std::ranges::nth_element(spine_below,
                             spine_below.begin() + static_cast<std::ptrdiff_t>(spine_below.size() / 2));
    const double usual = spine_below[spine_below.size() / 2];
    // Bone goes on below the dens. Below the skull base, which can be as bright, there is a gap; what comes
    // before a gap is out.
    const auto bone_again_below = [&](int s) {
        return s + bone_again_mm < n && mean_near(s + bone_again_mm) >= gap * usual;
    };
    int from = first;
    for (int s = first; s <= std::min(n - 1, last + gap_below_mm); ++s)
        if (mean_near(s) < gap * usual && bone_again_below(s)) from = s;
    int brightest = -1;
    double most = stands_out * usual;
    for (int s = from; s <= last; ++s)
        if (const double value = mean_near(s); value > most) most = value, brightest = s;
    return brightest;
}

}  // namespace calcinode::spine
