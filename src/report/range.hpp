// The smallest and the largest of the values that it took.
#pragma once

#include <algorithm>
#include <limits>

namespace calcinode::report {

struct Range {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    void take(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool empty() const { return high < low; }
    double middle() const { return (low + high) / 2; }
    double length() const { return high - low; }
};

}  // namespace calcinode::report
