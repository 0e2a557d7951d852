// A look at a file's structure before DCMTK sees it, which calls itself for each nested sequence (a small
// file with ten thousand of them would use up the stack) and inflates whatever it is given.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.hpp"

namespace calcinode::dicom {

// An Error where the file is no Part 10 file, where its sequences are nested absurdly deep, where it has an
// absurd number of elements, where one
// reaches beyond the end, or where it inflates to an absurd size. Values are not read.
Result<> check_structure(const std::filesystem::path& path);

// The same of a data set in memory, without file meta information, as messages carry it. Not deflated.
Result<> check_structure(std::span<const std::byte> dataset, const std::string& transfer_syntax_uid);

}  // namespace calcinode::dicom
