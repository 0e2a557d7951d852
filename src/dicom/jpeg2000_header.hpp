// What a JPEG 2000 code stream says of itself, looked at before OpenJPEG sees it: that sets aside memory for
// every tile that a header claims, and reads boxes of a JP2 file that no CT image needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace calcinode::dicom {

// The bare code stream, which is what PS3.5 asks for; some writers wrap it in a JP2 file.
Result<std::span<const std::byte>> code_stream_in(std::span<const std::byte> bytes);

// An Error where the code stream is not of one component of columns x rows samples of at most 16 bits, or
// where it is cut into absurdly many tiles.
Result<> check_code_stream(std::span<const std::byte> code_stream, int columns, int rows);

}  // namespace calcinode::dicom
