// An outcome in one line for the log: what was found, or why nothing could be said.
#pragma once

#include <string>

#include "report/outcome.hpp"

namespace calcinode::app {

// For example "positive, 2 deposits, 3.1 ml, largest at C4 (facet, left)".
std::string in_words(const report::StudyOutcome& outcome);

}  // namespace calcinode::app
