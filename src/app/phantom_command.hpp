// `calcinode phantom`: writes a synthetic CT study of a neck, for commissioning without any patient's data.
#pragma once

#include <filesystem>

#include "phantom/phantom.hpp"

namespace calcinode::app {

// Writes the study into `folder`, says on standard output what is there, and on standard error what went
// wrong. The exit code: 0, 2 where an option is wrong, 3 where the folder can't be written.
int phantom_command(const phantom::PhantomOptions& options, const std::filesystem::path& folder);

}  // namespace calcinode::app
