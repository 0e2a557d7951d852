// What the paths of a command line stand for.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"

namespace calcinode::app {

// The files named, and all regular files in the folders named and below, sorted. An Error where one of
// `paths` is neither.
Result<std::vector<std::filesystem::path>> regular_files(const std::vector<std::filesystem::path>& paths);

}  // namespace calcinode::app
