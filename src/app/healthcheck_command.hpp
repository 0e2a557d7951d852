// `calcinode healthcheck --config FILE`: for a container engine.
#pragma once

#include <filesystem>

namespace calcinode::app {

// 0 where the daemon gave a sign of life within the last minute, which it does only while none of its threads
// is stuck; 1 otherwise, with a word on standard error. Connects to nothing.
int healthcheck(const std::filesystem::path& config_file);

}  // namespace calcinode::app
