// `calcinode forget`: a study's images go, so that corrected ones may come under the same UIDs.
#pragma once

#include <filesystem>
#include <string>

namespace calcinode::app {

// Returns the exit code: 0 done, 2 bad usage, 3 no database, 4 nothing to forget.
int forget(const std::filesystem::path& config, const std::string& study_uid);

}  // namespace calcinode::app
