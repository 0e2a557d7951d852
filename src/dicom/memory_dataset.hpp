// Data sets as messages carry them: in memory, without file meta information.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.hpp"

class DcmDataset;

namespace calcinode::dicom {

// Reads `bytes`, in a transfer syntax that is not compressed, into an empty data set. From a peer: an Error
// where its structure is not sound. Whoever calls bounds its length.
Result<> read_dataset(std::span<const std::byte> bytes, const std::string& transfer_syntax_uid,
                      DcmDataset& into);

}  // namespace calcinode::dicom
