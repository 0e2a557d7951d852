// Stable storage: what is synced here is there after a power cut.
#pragma once

#include <filesystem>

#include "base/fd.hpp"

namespace calcinode::spool {

// The file's data, and its name in `folder`, which it has already. 0, or errno of what failed.
int sync_file_and_name(const Fd& file, const std::filesystem::path& folder);
// The same for a file that is not open.
int sync_file_and_name(const std::filesystem::path& file);

}  // namespace calcinode::spool
