// `calcinode serve --config FILE`: the daemon.
#pragma once

#include <filesystem>

namespace calcinode::app {

// Runs until SIGTERM or SIGINT. Returns 0 after a clean stop, 2 where the configuration has mistakes, 1 where
// the daemon could not start (data folder not writable, port in use), each with its reason in the log.
int serve(const std::filesystem::path& config_file);

}  // namespace calcinode::app
