// An outcome in words, for the log and the command line: what was found, or why nothing could be said.
#pragma once

#include <string>
#include <vector>

#include "report/outcome.hpp"

namespace calcinode::app {

// In one line, for example
// "positive, moderate, 2 deposits, 3.1 ml, largest at C4 (facet, left); C3/4 spondylolisthesis, 3 mm
// anterior".
std::string in_words(const report::StudyOutcome& outcome);

// Line by line: what of the spine is in view, slips, trabecular attenuation, canal.
std::vector<std::string> spine_in_words(const Spine& spine);

}  // namespace calcinode::app
