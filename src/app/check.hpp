// `calcinode check --config FILE`.
#pragma once

#include <filesystem>

namespace calcinode::app {

inline constexpr int exit_bad_config = 2;

// Prints each mistake as FILE:LINE: key: what, and returns exit_bad_config; or says what the configuration
// means, and returns 0. Nothing is connected to and nothing is written.
int check(const std::filesystem::path& config_file);

}  // namespace calcinode::app
