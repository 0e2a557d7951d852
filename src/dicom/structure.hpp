// A look at a file's structure before DCMTK sees it, which calls itself for each nested sequence (a small
// file with ten thousand of them would use up the stack) and inflates whatever it is given.
#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace calcinode::dicom {

// An Error where the file is no Part 10 file, where its sequences are nested absurdly deep, where an element
// reaches beyond the end, or where it inflates to an absurd size. Values are not read.
Result<> check_structure(const std::filesystem::path& path);

}  // namespace calcinode::dicom
