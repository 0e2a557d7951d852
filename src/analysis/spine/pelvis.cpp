#include "analysis/spine/pelvis.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace calcinode::spine {
namespace {

constexpr int from_u = 56, to_u = 92, from_v = -24, to_v = 44, step_mm = 4;
constexpr int bone_hu = 200;
constexpr double broad = 0.5;      // of the columns
constexpr int goes_on_mm = 32;     // two ribs with their gap take 20 to 40
constexpr int free_above_mm = 40;  // between the lowest ribs and the crests
constexpr double free_share = 0.3;
constexpr double whole_share = 0.95;

// Share of the columns beside the spine with bone somewhere between front and back.
double share(const Volume& volume, const Frame& frame, int s, int side) {
    int with_bone = 0, columns = 0;
    for (int u = from_u; u <= to_u; u += step_mm, ++columns)
        for (int v = from_v; v <= to_v; v += step_mm) {
            const auto at = volume.grid.nearest(frame.to_lps(
                {static_cast<double>(s), static_cast<double>(side * u), static_cast<double>(v)}));
            if (volume.grid.contains(at) && volume.at(at) > bone_hu) {
                ++with_bone;
                break;
            }
        }
    return static_cast<double>(with_bone) / columns;
}

}  // namespace

std::optional<int> iliac_crest(const Volume& volume, const Frame& frame) {
    const int n = frame.length();
    std::vector<double> both;
    for (int s = 0; s < n; ++s)
        both.push_back(std::min(share(volume, frame, s, -1), share(volume, frame, s, 1)));
    const auto share_of = [&](int from, int to, auto holds) {
        int count = 0;
        for (int s = from; s < to; ++s) count += holds(both[static_cast<std::size_t>(s)]) ? 1 : 0;
        return static_cast<double>(count) / (to - from);
    };
    for (int s = free_above_mm; s + goes_on_mm <= n; ++s) {
        if (both[static_cast<std::size_t>(s)] < broad) continue;
        const auto is_broad = [](double value) { return value >= broad; };
        const auto is_free = [](double value) { return value <= free_share; };
        if (share_of(s, s + goes_on_mm, is_broad) < whole_share) continue;
        if (share_of(s - free_above_mm, s - step_mm, is_free) < whole_share) continue;
        return s;
    }
    return std::nullopt;
}

}  // namespace calcinode::spine
