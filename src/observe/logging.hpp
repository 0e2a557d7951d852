// The log: one line an event to standard error, for journald, a container's log or a terminal.
#pragma once

#include <string>

namespace calcinode::observe {

// `level`: debug, info, warn or error. Under systemd each line begins with the priority that journald reads
// (sd-daemon(3)) and has no time of its own; elsewhere with time and level.
void set_up_logging(const std::string& level);
// From now on. From any thread.
void set_log_level(const std::string& level);

}  // namespace calcinode::observe
