// The spool's folders and names (see spool.hpp).
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace calcinode::spool {

// Makes the folders; an Error where one can't be made or written.
Result<> make_layout(const std::filesystem::path& folder);

std::filesystem::path incoming_folder(const std::filesystem::path& folder);
std::filesystem::path instances_folder(const std::filesystem::path& folder);
std::filesystem::path damaged_folder(const std::filesystem::path& folder);

// instances/xx/<digest>.dcm for a SOP Instance UID, relative to the spool's folder.
std::string relative_path_of(const std::string& sop_instance_uid);

}  // namespace calcinode::spool
