// A measure that changes along the neck, given at a few heights and linear between them.
#pragma once

#include <array>
#include <cstddef>

namespace calcinode::phantom {

struct Knot {
    float z, value;
};

// Knots from the head downwards; beyond the first and last the value stays.
template <std::size_t N>
constexpr float along(float z, const Knot (&knots)[N]) {
    if (z >= knots[0].z) return knots[0].value;
    for (std::size_t n = 1; n < N; ++n) {
        if (z < knots[n].z) continue;
        const float t = (z - knots[n].z) / (knots[n - 1].z - knots[n].z);
        return knots[n].value + t * (knots[n - 1].value - knots[n].value);
    }
    return knots[N - 1].value;
}

}  // namespace calcinode::phantom
