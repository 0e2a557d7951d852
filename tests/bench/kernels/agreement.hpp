// How far two results are from each other.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace calcinode::bench {

// Of results of different size, infinite.
template <class Value>
double largest_difference(std::span<const Value> ours, std::span<const Value> other) {
    if (ours.size() != other.size()) return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t n = 0; n < ours.size(); ++n)
        largest = std::max(largest, std::abs(static_cast<double>(ours[n]) - static_cast<double>(other[n])));
    return largest;
}

// The same, but negative distances, those within the mask, are 0 with us.
double largest_difference_outside(std::span<const float> ours, std::span<const float> is_signed);

// How many voxels have labels that do not correspond one to one.
double differently_labelled(std::span<const std::int32_t> ours, std::span<const std::int32_t> other);

}  // namespace calcinode::bench
