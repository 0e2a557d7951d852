// A finished picture, and its PNG file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"

namespace calcinode::report {

// 8-bit RGB, rows from the top, no padding between them. Width and height are even.
struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;
};

// As PNG, whole or not at all.
Result<> write_png(const Picture& picture, const std::filesystem::path& file);

}  // namespace calcinode::report
