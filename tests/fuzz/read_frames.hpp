// The whole way from an image file's bytes to Hounsfield units, as the analysis goes it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "dicom/image_header.hpp"
#include "dicom/pixel_reader.hpp"
#include "memory_file.hpp"

namespace calcinode::fuzz {

// Larger matrices go the same way, only slower.
inline constexpr std::int64_t most_pixels = 1 << 18;

inline void read_frames(std::span<const std::uint8_t> bytes) {
    const MemoryFile file(bytes);
    const auto header = dicom::read_image_header(file.path());
    if (!header) {
        if (header.error().what.empty()) __builtin_trap();
        return;
    }
    const auto count = static_cast<int>(header->frames.size());
    if (count < 1) __builtin_trap();
    if (std::int64_t{header->format.rows} * header->format.columns > most_pixels) return;
    auto reader = dicom::PixelReader::open(*header);
    if (!reader) return;
    // In order, as they are read, and then back: the decoders keep a place in the file.
    const int last = std::min(count, 3) - 1;
    for (int frame = 0; frame <= last; ++frame) (void)reader->frame(frame);
    (void)reader->frame(0);
    const auto hu = dicom::read_hounsfield(*header, count - 1);
    if (hu && std::ranges::any_of(*hu, [](std::int16_t value) { return value < -1024; })) __builtin_trap();
}

}  // namespace calcinode::fuzz
