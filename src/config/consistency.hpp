// What keys of the configuration say together: each may be right by itself and the whole still make no sense.
#pragma once

#include <vector>

#include "config/config.hpp"

namespace calcinode::config {

void check_together(const Config& config, std::vector<Mistake>& mistakes);

}  // namespace calcinode::config
