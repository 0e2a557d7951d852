// RLE (PS3.5 annex G), by ourselves: DCMTK's decoder believes the offsets in a frame's header, and reads
// wherever they point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace calcinode::dicom {

// Decodes a frame of one sample of 16 bits a pixel: words.size() words. An Error where the frame is of
// another kind, or damaged, or has fewer pixels; what follows the last pixel is padding.
Result<> decode_rle(std::span<const std::byte> frame, std::span<std::uint16_t> words);

}  // namespace calcinode::dicom
