// The frame header of a JPEG code stream, looked for before DCMTK does: its search for it stays for ever at a
// marker TEM (FF01), which no image has.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.hpp"

namespace calcinode::dicom {

// `fragment`: the first one of the frame, in which DCMTK looks. An Error where there is no frame header in
// it, or where that is not of columns x rows samples of one component of at most 16 bits.
Result<> check_jpeg(std::span<const std::byte> fragment, int columns, int rows);

}  // namespace calcinode::dicom
