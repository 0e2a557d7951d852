// How long to wait before what failed is tried again: twice as long after each failure, up to a bound.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace calcinode {

struct Backoff {
    int first_s = 30;
    int longest_s = 3600;
};

// After `failures` failures in a row, at least one.
inline UnixMillis delay_ms(const Backoff& backoff, int failures) {
    constexpr int enough_doublings = 30;  // 2^30 s is 34 years: no overflow, and longer than any `longest_s`
    const int doublings = std::clamp(failures - 1, 0, enough_doublings);
    return std::min<UnixMillis>(UnixMillis{backoff.first_s} << doublings, backoff.longest_s) * 1000;
}

}  // namespace calcinode
