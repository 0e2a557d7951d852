// From the value of a feature to what it adds to the log odds: linear between knots, level beyond, so
// bounded.
#pragma once

#include <cstddef>
#include <span>

namespace calcinode::deposits {

struct Knot {
    double value, log_odds;
};

// `curve`: at least one knot, by ascending value.
inline double at(std::span<const Knot> curve, double value) {
    if (value <= curve.front().value) return curve.front().log_odds;
    for (std::size_t n = 1; n < curve.size(); ++n) {
        const auto &a = curve[n - 1], &b = curve[n];
        if (value <= b.value)
            return a.log_odds + (b.log_odds - a.log_odds) * (value - a.value) / (b.value - a.value);
    }
    return curve.back().log_odds;
}

}  // namespace calcinode::deposits
