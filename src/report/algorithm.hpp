// Which method made a result: two of them may find and measure the same images differently.
#pragma once

#include <string>

#include "analysis/version.hpp"

namespace calcinode::report {

// Of the method alone: a later software may have the same.
inline std::string analysis_text() {
    return "analysis " + std::to_string(analysis_version);
}

// As PS3.16 wants it of an algorithm: what it is called where it changes.
inline std::string algorithm_version() {
    return CALCINODE_VERSION ", " + analysis_text();
}

}  // namespace calcinode::report
