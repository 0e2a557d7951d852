#include "comparison.hpp"

#include <algorithm>
#include <cstdio>

namespace calcinode::bench {
namespace {

constexpr double required_ratio = 2;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

std::string text(std::array<int, 3> size) {
    return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
}

std::string verdict(const Comparison& row) {
    if (!row.counts) return "-";
    return ratio(row) >= required_ratio ? "met" : "MISSED";
}

}  // namespace

double ratio(const Comparison& row) {
    return median(row.itk_ms) / median(row.ours_ms);
}

void print(const std::vector<Comparison>& rows) {
    std::printf("%-34s %-17s %5s %8s %8s %7s %-9s %s\n", "kernel", "voxels", "runs", "ours ms", "ITK ms",
                "ratio", "required", "largest difference");
    for (const auto& row : rows)
        std::printf("%-34s %-17s %5zu %8.0f %8.0f %7.1f %-9s %.3g %s (allowed: %.3g)%s\n", row.kernel.c_str(),
                    text(row.size).c_str(), row.ours_ms.size(), median(row.ours_ms), median(row.itk_ms),
                    ratio(row), verdict(row).c_str(), row.difference, row.unit.c_str(), row.tolerance,
                    row.difference <= row.tolerance ? "" : " DISAGREES");
}

}  // namespace calcinode::bench
