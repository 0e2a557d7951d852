#include "agreement.hpp"

#include <algorithm>
#include <unordered_map>

namespace calcinode::bench {

double largest_difference_outside(std::span<const float> ours, std::span<const float> is_signed) {
    if (ours.size() != is_signed.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t n = 0; n < ours.size(); ++n)
        largest = std::max(largest, std::abs(static_cast<double>(ours[n] - std::max(0.0F, is_signed[n]))));
    return largest;
}

double differently_labelled(std::span<const std::int32_t> ours, std::span<const std::int32_t> other) {
    if (ours.size() != other.size()) return std::numeric_limits<double>::infinity();
    std::unordered_map<std::int32_t, std::int32_t> theirs_of, ours_of;
    double different = 0;
    for (std::size_t n = 0; n < ours.size(); ++n) {
        if (ours[n] == 0 && other[n] == 0) continue;
        const bool same = ours[n] != 0 && other[n] != 0 &&
                          theirs_of.try_emplace(ours[n], other[n]).first->second == other[n] &&
                          ours_of.try_emplace(other[n], ours[n]).first->second == ours[n];
        if (!same) ++different;
    }
    return different;
}

}  // namespace calcinode::bench
