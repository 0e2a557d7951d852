#include "analysis/spine/skull.hpp"

#include <algorithm>

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
    for (int s = straight.hu.size[2] - 1; s >= 0; --s)
        if (bone_area(straight, s, from_side_mm, to_side_mm) >= broad_mm2 &&
            bone_area(straight, s, -to_side_mm, -from_side_mm) >= broad_mm2)
            return s;
    return -1;
}

}  // namespace calcinode::spine
