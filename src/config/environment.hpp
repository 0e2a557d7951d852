// Environment variables laid over the TOML document: CALCINODE_NODE__AE_TITLE is ae_title of [node], and
// CALCINODE_DESTINATION__0__HOST is host of the first [[destination]]. Internal to config/.
//
// A variable is one of ours where its name has two underscores in a row after CALCINODE_; so CALCINODE_CT or
// what an orchestrator makes of a service's name (CALCINODE_PORT) mean nothing here.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace calcinode::config {

// Sets what our variables say, as texts that remember their variable; numbers and the like are
// read out of them by value.hpp. A table that is not there yet is made, and so is the next one of a
// list.
void lay_over(toml::table& document, const Environment& environment, std::vector<Mistake>& mistakes);

// A variable that names a section but lacks the second underscore is a slip that would go unnoticed.
void find_slips(const std::vector<std::string>& sections, const Environment& environment,
                std::vector<Mistake>& mistakes);

}  // namespace calcinode::config
