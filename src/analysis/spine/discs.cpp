#include "analysis/spine/discs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace calcinode::spine {
namespace {

constexpr int half_width_mm = 7;  // of the strip that is averaged: within any body
constexpr int nearest_mm = 3,
              deepest_mm = 13;  // in front of the canal's front wall: within the smallest body
constexpr std::array<double, 7> tilts{-0.45, -0.3, -0.15, 0, 0.15, 0.3, 0.45};  // mm along s for a mm forward
constexpr int rim_mm = 5;  // from a disc's middle to the endplates beside it
// Distances of neighbouring discs: C3 has about 15 mm with its disc, L5 up to 40. One level to the next they
// change by a fifth at most.
constexpr int shortest_mm = 12, longest_mm = 43;
constexpr double largest_change = 1.28;
constexpr double between_weight = 0.6;  // a disc in the middle between two is one too many

double strip_mean(const Straight& straight, int s, double radius, double tilt) {
    const auto& block = straight.hu;
    double sum = 0;
    int count = 0;
    for (int depth = nearest_mm; depth <= deepest_mm; ++depth) {
        const int v = -static_cast<int>(std::lround(radius)) - depth;
        const int k = s + static_cast<int>(std::lround(tilt * (depth - nearest_mm)));
        if (k < 0 || k >= block.size[2] || v < -front_mm) continue;
        for (int u = -half_width_mm; u <= half_width_mm; ++u) {
            // Metal and sclerosis count no more than an endplate.
            sum += std::clamp<int>(block.values[block.offset(u + half_width_mm, v + front_mm, k)], -100, 600);
            ++count;
        }
    }
    return count > 0 ? sum / count : 0;
}

// How much like a disc each height is: darker than the endplates and bodies beside it, at the tilt that shows
// it best.
std::vector<double> disc_likeness(const Frame& frame, const Straight& straight) {
    const int n = frame.length();
    std::vector<double> likeness(static_cast<std::size_t>(n), 0);
    std::vector<double> profile(static_cast<std::size_t>(n));
    for (const double tilt : tilts) {
        for (int s = 0; s < n; ++s)
            profile[static_cast<std::size_t>(s)] = strip_mean(straight, s, frame.station(s).radius_mm, tilt);
        for (int s = rim_mm; s + rim_mm < n; ++s) {
            const auto at = [&](int q) { return profile[static_cast<std::size_t>(q)]; };
            const double middle = (at(s - 1) + at(s) + at(s + 1)) / 3;
            const double dip = std::min(at(s - rim_mm), at(s + rim_mm)) - middle +
                               0.5 * std::abs(at(s - rim_mm) - at(s + rim_mm)) * 0.5;
            auto& best = likeness[static_cast<std::size_t>(s)];
            best = std::max(best, dip);
        }
    }
    double squares = 0;
    for (const double value : likeness) squares += value * value;
    const double scale = std::sqrt(squares / std::max(1, n)) + 1e-6;
    for (double& value : likeness) value = std::min(value / scale, 2.5) - 0.25;
    return likeness;
}

}  // namespace

std::vector<int> find_discs(const Frame& frame, const Straight& straight, int first_s) {
    const auto likeness = disc_likeness(frame, straight);
    const int n = frame.length();
    constexpr int steps = longest_mm - shortest_mm + 1;
    constexpr double none = -std::numeric_limits<double>::infinity();
    const auto cell = [&](int s, int step) { return static_cast<std::size_t>(s * steps + step); };
    const auto value = [&](int s) { return likeness[static_cast<std::size_t>(s)]; };

    // best[s, step]: the best chain of discs that ends at s with a last distance of shortest_mm + step.
    std::vector<double> best(static_cast<std::size_t>(n * steps), none);
    std::vector<std::int16_t> previous(best.size(), -1);
    for (int s = std::max(first_s, 0); s < n; ++s)
        for (int step = 0; step < steps; ++step) {
            const int distance = shortest_mm + step, from = s - distance;
            if (from < first_s || from < 0) continue;
            double chain = value(from);  // a chain of these two
            std::int16_t chosen = -1;
            for (int before = 0; before < steps; ++before) {
                const double ratio = static_cast<double>(distance) / (shortest_mm + before);
                if (ratio > largest_change || ratio < 1 / largest_change) continue;
                const double candidate = best[cell(from, before)] - 2 * std::abs(std::log(ratio));
                if (candidate > chain) chain = candidate, chosen = static_cast<std::int16_t>(before);
            }
            best[cell(s, step)] = chain + value(s) - between_weight * std::max(0.0, value((s + from) / 2));
            previous[cell(s, step)] = chosen;
        }
    const auto end = static_cast<int>(std::ranges::max_element(best) - best.begin());
    if (best.empty() || best[static_cast<std::size_t>(end)] == none) return {};
    std::vector<int> discs;
    int s = end / steps, step = end % steps;
    while (true) {
        discs.push_back(s);
        const int before = previous[cell(s, step)];
        s -= shortest_mm + step;
        if (before < 0) break;
        step = before;
    }
    discs.push_back(s);
    std::ranges::reverse(discs);
    return discs;
}

}  // namespace calcinode::spine
