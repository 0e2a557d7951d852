// The spool's folders and names (see spool.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace calcinode::spool {

// Makes the folders; an Error where one can't be made or written.
Result<> make_layout(const std::filesystem::path& folder);

std::filesystem::path incoming_folder(const std::filesystem::path& folder);
std::filesystem::path prepared_folder(const std::filesystem::path& folder);
std::filesystem::path instances_folder(const std::filesystem::path& folder);
std::filesystem::path damaged_folder(const std::filesystem::path& folder);

// What the folder holds; an error ends the list, and is in the log.
std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& folder);

// Moves a file that a power cut left incomplete (it was never acknowledged), or that the disk damaged, to
// where such files are kept. Its name is free again for good, so that the sender can bring the instance once
// more.
void set_aside(const std::filesystem::path& folder, const std::filesystem::path& file,
               const std::string& why);

// instances/xx/<digest>.dcm for a SOP Instance UID, relative to the spool's folder.
std::string relative_path_of(const std::string& sop_instance_uid);

}  // namespace calcinode::spool
