// Whether a daemon is at work in a data folder, and refuses images, seen from another process.
#pragma once

#include <filesystem>

namespace calcinode::app {

// Looks among the kernel's locks for that of DataFolder, and takes none: a look must not keep a daemon from
// starting. False also where the daemon runs in another container, whose locks are not seen.
bool daemon_runs(const std::filesystem::path& data_dir);

// The same for what DataFolder tells of images.
bool images_are_refused(const std::filesystem::path& data_dir);

}  // namespace calcinode::app
