#include "assemble/orientation.hpp"

#include <cmath>

namespace calcinode::assemble {
namespace {

constexpr double cos_45_degrees = 0.7071067811865476;

double component(Vec3 v, int axis) {
    return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}

}  // namespace

std::optional<AxisMap> canonical_axes(const Stack& stack) {
    const std::array<Vec3, 3> acquired{stack.row, stack.column, stack.normal};
    AxisMap map;
    for (int a = 0; a < 3; ++a) {
        // At most one direction of an orthonormal system is within 45 degrees of a given one.
        int found = -1;
        for (int s = 0; s < 3; ++s)
            if (std::abs(component(acquired[static_cast<std::size_t>(s)], a)) > cos_45_degrees) found = s;
        if (found < 0) return std::nullopt;
        const auto n = static_cast<std::size_t>(a);
        map.source[n] = found;
        map.reversed[n] = component(acquired[static_cast<std::size_t>(found)], a) < 0;
    }
    return map;
}

bool is_axial(const Stack& stack) {
    return std::abs(stack.normal.z) > cos_45_degrees;
}

}  // namespace calcinode::assemble
