// What of a configuration that was read again takes effect while the daemon runs, and what at its next start.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace calcinode::app {

struct Reload {
    config::Config config;                // to go on with
    std::vector<std::string> effective;   // a line a key: what changed
    std::vector<std::string> at_restart;  // a line a key: what would change
};

// Changed while running: all of [study], [retention] and [log], and of [receive] all but plain,
// minimum_free_mib and prepared_mib. Whatever the rest of `fresh` says waits for a restart.
Reload reload(const config::Config& running, const config::Config& fresh);

}  // namespace calcinode::app
