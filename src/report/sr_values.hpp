// Our codes and numbers as the structured report's content items take them.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/dsrcodvl.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "report/codes.hpp"

namespace calcinode::report {

inline DSRCodedEntryValue coded(const Code& code) {
    return {code.value, code.scheme, code.meaning};
}

// Not a number is 0: no content item can hold it.
inline std::string number(double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, std::isfinite(value) ? value : 0.0);
    return text;
}

}  // namespace calcinode::report
