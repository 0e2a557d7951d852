#include "analysis/kernels/envelope.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace calcinode::kernels {

Envelope::Envelope(int length, double spacing_mm)
    : length_(length),
      squared_(spacing_mm * spacing_mm),
      reciprocal_(static_cast<std::size_t>(length)),
      parabola_(static_cast<std::size_t>(length) + 1) {
    for (int n = 1; n < length; ++n) reciprocal_[static_cast<std::size_t>(n)] = 1 / (2 * n * squared_);
}

void Envelope::lower(float* value) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    Parabola* const first = parabola_.data();
    Parabola* next = first;  // behind the last
    for (int n = 0; n < length_; ++n) {
        if (std::isinf(value[n])) continue;
        const double height = static_cast<double>(value[n]) + squared_ * n * n;
        double from = -infinite;
        while (next != first) {
            const Parabola& last = next[-1];
            from = (height - last.height) * reciprocal_[static_cast<std::size_t>(n - last.at)];
            if (from > last.from) break;
            from = -infinite;
            --next;
        }
        *next++ = {height, from, n, value[n]};
    }
    if (next == first) return;
    next->from = infinite;
    int n = 0;
    const auto squared = static_cast<float>(squared_);
    for (const Parabola* p = first; n < length_; ++p) {
        // Where two are equal it does not matter which is taken.
        const double until = std::min(p[1].from, static_cast<double>(length_ - 1));
        for (; n <= until; ++n) {
            const auto steps = static_cast<float>(n - p->at);
            value[n] = p->value + squared * (steps * steps);
        }
    }
}

}  // namespace calcinode::kernels
