#include "analysis/spine/bodies.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::spine {
namespace {

struct Body {
    double s;                  // height of its middle
    double front_mm, back_mm;  // v of its walls, negative
};

int mean_at(const Straight& straight, int s, int v) {
    const auto& block = straight.hu;
    int sum = 0;
    for (int u = -4; u <= 4; ++u) sum += block.values[block.offset(u + half_width_mm, v + front_mm, s)];
    return sum / 9;
}

// Walls of the body in the middle plane: from the canal forward into bone, and out of it again.
Body body_at(const Frame& frame, const Straight& straight, double middle) {
    constexpr int bone_hu = 150, soft_hu = 90;
    constexpr int least_depth_mm = 11, most_depth_mm = 40;
    const int s = std::clamp(static_cast<int>(std::lround(middle)), 0, frame.length() - 1);
    int v = -3;
    while (v > -20 && mean_at(straight, s, v) < bone_hu) --v;
    const int back = v;
    v -= least_depth_mm;
    while (v > -front_mm + 1 && back - v < most_depth_mm && mean_at(straight, s, v) > soft_hu) --v;
    return {static_cast<double>(s), static_cast<double>(v), static_cast<double>(back)};
}

}  // namespace

Vertebra measure_body(const Frame& frame, const Straight& straight, double upper_disc_s,
                      double lower_disc_s) {
    const Body body = body_at(frame, straight, (upper_disc_s + lower_disc_s) / 2);
    Vertebra v;
    v.body = frame.to_lps({body.s, 0, (body.front_mm + body.back_mm) / 2});
    v.canal = frame.to_lps({body.s, 0, 0});
    return v;
}

}  // namespace calcinode::spine
