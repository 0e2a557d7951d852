// Numbers as texts for people and messages.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>

namespace calcinode {

// "3.14" for 3.1416 and 2. What is not a number is 0: nothing that reads our texts could hold it.
inline std::string with_decimals(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, std::isfinite(value) ? value : 0.0);
    return text;
}

inline std::string whole_number(double value) {
    return with_decimals(value, 0);
}

}  // namespace calcinode
