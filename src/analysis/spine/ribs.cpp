#include "analysis/spine/ribs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr double not_seen = std::numeric_limits<double>::quiet_NaN();

// The slab that is looked at, from beside the pedicles outward: ribs leave it forward at 60 to 70 mm,
// clavicle and great vessels lie in front of it, the shoulder blade behind and further out.
constexpr int nearest_mm = 26, farthest_mm = 64, column_mm = 2;
constexpr int columns = (farthest_mm - nearest_mm) / column_mm + 1;
constexpr int slab_front_mm = -14, slab_back_mm = 30, slab_step_mm = 2;
constexpr double lowest_hu = 0, highest_hu = 500;  // air and metal count no more than fat and bone
constexpr int metal_hu = 2000;  // screws and rods beside the spine look like ribs, and so do their streaks
// A rib is 8 to 14 mm thick; this far above and below its middle lies what is between it and the next.
constexpr int beside_mm = 11;
// Per column, millimetres of s: ribs fall by up to 55 degrees outward; the first ones rise a little.
constexpr int steepest_rise = -1, steepest_fall = 3;
constexpr int usual_fall_mm = 32;   // of the steep lower ribs, over all columns
constexpr int fewest_columns = 12;  // in view, for a judgement

// Largest attenuation across the slab, one row per height, one column per distance; NaN out of view.
struct SideView {
    int heights = 0;
    std::vector<float> values;
    float at(int s, int c) const { return values[static_cast<std::size_t>(s * columns + c)]; }
};

float largest_across(const Volume& volume, const Frame& frame, int s, double u) {
    const LpsPoint first = frame.to_lps({static_cast<double>(s), u, slab_front_mm});
    const LpsPoint last = frame.to_lps({static_cast<double>(s), u, slab_back_mm});
    constexpr int steps = (slab_back_mm - slab_front_mm) / slab_step_mm;
    const Vec3 step = (last - first) * (1.0 / steps);
    float largest = std::numeric_limits<float>::quiet_NaN();
    for (int n = 0; n <= steps; ++n) {
        const auto at = volume.grid.nearest(first + step * n);
        if (!volume.grid.contains(at)) continue;
        const auto hu = static_cast<float>(std::clamp<double>(volume.at(at), lowest_hu, highest_hu));
        largest = std::isnan(largest) ? hu : std::max(largest, hu);
    }
    return largest;
}

bool has_metal(const Volume& volume, const Frame& frame, int s) {
    for (int u = -farthest_mm; u <= farthest_mm; u += column_mm)
        for (int v = slab_front_mm; v <= slab_back_mm; v += slab_step_mm) {
            const auto at = volume.grid.nearest(
                frame.to_lps({static_cast<double>(s), static_cast<double>(u), static_cast<double>(v)}));
            if (volume.grid.contains(at) && volume.at(at) > metal_hu) return true;
        }
    return false;
}

std::vector<char> heights_with_metal(const Volume& volume, const Frame& frame, int threads) {
    std::vector<char> metal(static_cast<std::size_t>(frame.length()));
    parallel_for(threads, frame.length(),
                 [&](int s) { metal[static_cast<std::size_t>(s)] = has_metal(volume, frame, s); });
    return metal;
}

// Out of view as well is what metal does not let be seen.
SideView side_view(const Volume& volume, const Frame& frame, const std::vector<char>& metal, int side,
                   int threads) {
    SideView view{frame.length(), {}};
    view.values.resize(static_cast<std::size_t>(frame.length() * columns));
    parallel_for(threads, frame.length(), [&](int s) {
        for (int c = 0; c < columns; ++c)
            view.values[static_cast<std::size_t>(s * columns + c)] =
                metal[static_cast<std::size_t>(s)] != 0
                    ? static_cast<float>(not_seen)
                    : largest_across(volume, frame, s, side * (nearest_mm + c * column_mm));
    });
    return view;
}

// How much brighter each place is than what lies above and below it, as far as that is in view.
SideView ridges(const SideView& view) {
    constexpr float unseen = std::numeric_limits<float>::quiet_NaN();
    SideView out = view;
    const auto mean3 = [&](int s, int c) {
        float sum = 0;
        int count = 0;
        for (int row = std::max(0, s - 1); row <= std::min(view.heights - 1, s + 1); ++row)
            if (const float value = view.at(row, c); !std::isnan(value)) sum += value, ++count;
        return count > 0 ? sum / static_cast<float>(count) : unseen;
    };
    for (int s = 0; s < view.heights; ++s)
        for (int c = 0; c < columns; ++c) {
            const float above = mean3(s - beside_mm, c), below = mean3(s + beside_mm, c);
            const float beside = std::isnan(above) ? below : std::isnan(below) ? above : (above + below) / 2;
            out.values[static_cast<std::size_t>(s * columns + c)] =
                std::isnan(view.at(s, c)) ? unseen : mean3(s, c) - beside;
        }
    return out;
}

// The brightest way outward from each height (dynamic programming from the outside inward): per column, by
// how many millimetres it falls towards the next column.
std::vector<std::int8_t> brightest_ways(const SideView& ridge) {
    const int n = ridge.heights;
    const auto value = [&](int s, int c) {
        const float v = ridge.at(s, c);
        return std::isnan(v) ? 0.0F : v;
    };
    std::vector<float> total(static_cast<std::size_t>(n)), next(static_cast<std::size_t>(n));
    std::vector<std::int8_t> fall(static_cast<std::size_t>(n * columns), 0);
    for (int s = 0; s < n; ++s) total[static_cast<std::size_t>(s)] = value(s, columns - 1);
    for (int c = columns - 2; c >= 0; --c) {
        for (int s = 0; s < n; ++s) {
            float best = -std::numeric_limits<float>::infinity();
            int chosen = 0;
            for (int d = steepest_rise; d <= steepest_fall; ++d) {
                // A way may leave the view at its end: what is there counts nothing.
                const float onward = s + d >= 0 && s + d < n ? total[static_cast<std::size_t>(s + d)] : 0.0F;
                if (onward > best) best = onward, chosen = d;
            }
            next[static_cast<std::size_t>(s)] = best + value(s, c);
            fall[static_cast<std::size_t>(s * columns + c)] = static_cast<std::int8_t>(chosen);
        }
        std::swap(total, next);
    }
    return fall;
}

// Contrast of the way from each height: of its darkest third, so that all of it must be bone.
std::vector<double> way_contrast(const SideView& ridge) {
    const auto fall = brightest_ways(ridge);
    std::vector<double> contrast;
    for (int start = 0; start < ridge.heights; ++start) {
        std::array<double, columns> along{};
        int seen = 0, s = start;
        for (int c = 0; c < columns; ++c) {
            if (s < 0 || s >= ridge.heights || std::isnan(ridge.at(s, c))) break;
            along[static_cast<std::size_t>(seen++)] = ridge.at(s, c);
            s += fall[static_cast<std::size_t>(s * columns + c)];
        }
        if (seen < fewest_columns) {
            contrast.push_back(not_seen);
            continue;
        }
        double darkest = std::numeric_limits<double>::infinity();
        for (int third = 0; third < 3; ++third) {
            const int from = third * seen / 3, to = (third + 1) * seen / 3;
            double sum = 0;
            for (int c = from; c < to; ++c) sum += along[static_cast<std::size_t>(c)];
            darkest = std::min(darkest, sum / (to - from));
        }
        // Where a falling rib would leave the view, what is seen can prove one, but not that there is none.
        const bool would_be_seen = seen == columns && start + usual_fall_mm < ridge.heights;
        contrast.push_back(!would_be_seen && darkest < even_contrast_hu ? not_seen : darkest);
    }
    return contrast;
}

}  // namespace

Ribs find_ribs(const Volume& volume, const Frame& frame, int threads) {
    Ribs ribs;
    ribs.metal = heights_with_metal(volume, frame, threads);
    const auto left = way_contrast(ridges(side_view(volume, frame, ribs.metal, 1, threads)));
    const auto right = way_contrast(ridges(side_view(volume, frame, ribs.metal, -1, threads)));
    for (std::size_t s = 0; s < left.size(); ++s) {
        const bool both = !std::isnan(left[s]) && !std::isnan(right[s]);
        ribs.contrast_hu.push_back(both                  ? (left[s] + right[s]) / 2
                                   : std::isnan(left[s]) ? right[s]
                                                         : left[s]);
    }
    return ribs;
}

std::optional<int> first_rib_top(const Ribs& ribs, const Lung& lung, int from_s) {
    constexpr int peak_within_mm = 22, free_above_mm = 34, border_mm = 4;
    constexpr int next_from_mm = 24, next_within_mm = 20;
    constexpr double least_contrast_hu = 110, rise = 0.6, rest = 0.6;
    // Fewer millimetres without a rib could be the gap between two ribs, of 6 to 18 mm; where no lung is
    // beside the spine yet, they are not.
    constexpr int enough_above_mm = 30, enough_without_lung_mm = 7;
    const auto& contrast = ribs.contrast_hu;
    const int n = static_cast<int>(contrast.size());
    const auto largest = [&](int from, int to) {
        double most = -std::numeric_limits<double>::infinity();
        for (int s = std::max(0, from); s < std::min(n, to); ++s)
            if (!std::isnan(contrast[static_cast<std::size_t>(s)]))
                most = std::max(most, contrast[static_cast<std::size_t>(s)]);
        return most;
    };
    const auto metal_within = [&](int from, int to) {
        for (int s = std::max(0, from); s < std::min(to, static_cast<int>(ribs.metal.size())); ++s)
            if (ribs.metal[static_cast<std::size_t>(s)] != 0) return true;
        return false;
    };
    int seen_above = 0;  // heights at which a rib would have been seen
    for (int s = 0; s < n; ++s) {
        if (!std::isnan(contrast[static_cast<std::size_t>(s)])) ++seen_above;
        if (s < from_s || seen_above <= enough_without_lung_mm) continue;
        const double here = contrast[static_cast<std::size_t>(s)];
        const double peak = largest(s, s + peak_within_mm);
        if (peak < least_contrast_hu || !(here > rise * peak)) continue;
        const bool no_lung_yet = lung.apex_s && *lung.apex_s > s;
        if (seen_above < enough_above_mm && !no_lung_yet) continue;
        // Beside the skull base the mastoids look like a rib, but none follows.
        const int next = s + next_from_mm;
        const bool second_follows =
            next + next_within_mm > n || largest(next, next + next_within_mm) > peak * rise;
        if (metal_within(s - free_above_mm, s + next_from_mm)) continue;
        if (second_follows && largest(s - free_above_mm, s - border_mm) < rest * peak) return s;
    }
    return std::nullopt;
}

}  // namespace calcinode::spine
