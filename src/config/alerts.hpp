// Reads one [[alert]], and says what its keys say together. Internal to config/.
#pragma once

#include "config/section.hpp"

namespace calcinode::config {

void read_alert(Section& section, Alert& alert);

void check_alerts(const Config& config, std::vector<Mistake>& mistakes);

}  // namespace calcinode::config
