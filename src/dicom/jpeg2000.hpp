// JPEG 2000, which DCMTK does not decode, by OpenJPEG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace calcinode::dicom {

// Decodes one image of one component, columns * rows samples of at most 16 bits, to `words` (row by row; a
// signed sample as its two's complement). An Error where the code stream, bare or in a JP2 file, is damaged
// or is not such an image.
Result<> decode_jpeg2000(std::span<const std::byte> bytes, int columns, int rows,
                         std::span<std::uint16_t> words);

}  // namespace calcinode::dicom
