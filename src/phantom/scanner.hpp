// What the scanner does to the truth: blur by its point-spread function, and noise.
#pragma once

#include <cstdint>

#include "phantom/canvas.hpp"

namespace calcinode::phantom {

// Blurs the canvas, adds correlated noise, stronger and streaky where the shoulders are, and rounds to int16.
Volume scan(Canvas canvas, const Frame& neck, std::uint64_t seed);

}  // namespace calcinode::phantom
