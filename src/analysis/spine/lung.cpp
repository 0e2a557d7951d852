#include "analysis/spine/lung.hpp"

#include <algorithm>
#include <vector>

namespace calcinode::spine {
namespace {

constexpr int lung_hu = -500, outside_hu = -1000;  // less is outside of the scanner's field of view
constexpr int lung_from_mm = 14, lung_to_mm = 40, lung_front_mm = -50, lung_step_mm = 4;
constexpr int least_lung_samples = 12;  // of 7 x 13 on a side: the trachea and the gullet's air are smaller

enum class Beside { unseen, tissue, lung };

Beside beside_spine(const Volume& volume, const Frame& frame, int s) {
    int seen = 0, samples = 0, most = 0;
    for (const int side : {-1, 1}) {
        int lung = 0;
        for (int u = lung_from_mm; u < lung_to_mm; u += lung_step_mm)
            for (int v = lung_front_mm; v < 0; v += lung_step_mm) {
                const auto at = volume.grid.nearest(frame.to_lps(
                    {static_cast<double>(s), static_cast<double>(side * u), static_cast<double>(v)}));
                const bool in_view = volume.grid.contains(at) && volume.at(at) > outside_hu;
                seen += in_view ? 1 : 0;
                lung += in_view && volume.at(at) < lung_hu ? 1 : 0;
                ++samples;
            }
        most = std::max(most, lung);
    }
    if (most >= least_lung_samples) return Beside::lung;
    return 2 * seen >= samples ? Beside::tissue : Beside::unseen;
}

}  // namespace

// Lung goes on downward from its apex; the mouth's and the trachea's air does not. Above the apex there must
// be something else in view: where the view starts within the lung, its apex is not known.
Lung find_lung(const Volume& volume, const Frame& frame) {
    constexpr int goes_on_mm = 40, least_below_mm = 15, least_above_mm = 4;
    constexpr double share = 0.8;
    Lung lung;
    const int n = frame.length();
    std::vector<int> lung_before{0}, tissue_before{0};  // heights of each kind above s
    for (int s = 0; s < n; ++s) {
        const auto beside = beside_spine(volume, frame, s);
        lung_before.push_back(lung_before.back() + (beside == Beside::lung ? 1 : 0));
        tissue_before.push_back(tissue_before.back() + (beside == Beside::tissue ? 1 : 0));
    }
    for (int s = 0; s + least_below_mm < n; ++s) {
        const auto at = static_cast<std::size_t>(s);
        const int end = std::min(n, s + goes_on_mm);
        const int with_lung = lung_before[static_cast<std::size_t>(end)] - lung_before[at];
        if (lung_before[at + 1] == lung_before[at] || with_lung < share * (end - s)) continue;
        if (!lung.base_s && tissue_before[at] >= least_above_mm) lung.apex_s = s;
        lung.base_s = end - 1;
    }
    return lung;
}

}  // namespace calcinode::spine
