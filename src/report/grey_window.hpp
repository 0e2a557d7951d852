// How Hounsfield units become greys.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace calcinode::report {

// Greys run from `level - width / 2` (black) to `level + width / 2` (white).
struct GreyWindow {
    int width = 0, level = 0;  // HU; the width is at least 1
};

inline std::uint8_t windowed(double hu, GreyWindow window) {
    const double part = (hu - window.level) / window.width + 0.5;
    return static_cast<std::uint8_t>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
}

// From `black` to the brightest of the pixels but a few, within limits: so that bone is bright whether the
// scanner's kernel is soft or sharp, and metal dazzles nobody. The pixels are at least one.
GreyWindow window_for(const std::vector<std::int16_t>& hu, int black, int least_white, int most_white);

inline std::string in_words(GreyWindow window) {
    return "W " + std::to_string(window.width) + "  L " + std::to_string(window.level);
}

}  // namespace calcinode::report
