#include "dicom/jpeg2000_header.hpp"

#include <algorithm>
#include <array>

#include "dicom/image_header.hpp"

namespace calcinode::dicom {
namespace {

using Bytes = std::span<const std::byte>;

// Tiles of 64 x 64 samples in the largest matrix that is read. OpenJPEG takes 6 KiB for each.
constexpr std::uint64_t most_tiles = 4096;

constexpr std::uint32_t code_stream_box = 0x6a703263;  // "jp2c"

std::uint64_t number(Bytes bytes, std::size_t at, std::size_t length) {
    std::uint64_t value = 0;
    for (const std::byte b : bytes.subspan(at, length))
        value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
}

bool begins_code_stream(Bytes bytes) {
    constexpr std::array soc{std::byte{0xff}, std::byte{0x4f}};
    return bytes.size() >= soc.size() && std::ranges::equal(bytes.first(soc.size()), soc);
}

// The image and tile size marker segment (ISO/IEC 15444-1 A.5.1), which comes right after the code stream's
// start.
struct ImageSize {
    static constexpr std::size_t bytes = 45;  // from the code stream's start, with one component

    std::uint64_t right, bottom, left, top;                        // on the reference grid
    std::uint64_t tile_width, tile_height, tiles_left, tiles_top;  // on the same
    std::uint64_t components, precision, step_x, step_y;

    std::uint64_t tiles() const {
        const auto across = [](std::uint64_t extent, std::uint64_t tile) {
            return (extent + tile - 1) / tile;
        };
        return across(right - tiles_left, tile_width) * across(bottom - tiles_top, tile_height);
    }
};

Result<ImageSize> image_size(Bytes stream) {
    if (!begins_code_stream(stream) || stream.size() < ImageSize::bytes || number(stream, 2, 2) != 0xff51)
        return fail("damaged JPEG 2000 header");
    const auto u32 = [&](std::size_t at) { return number(stream, at, 4); };
    return ImageSize{.right = u32(8),
                     .bottom = u32(12),
                     .left = u32(16),
                     .top = u32(20),
                     .tile_width = u32(24),
                     .tile_height = u32(28),
                     .tiles_left = u32(32),
                     .tiles_top = u32(36),
                     .components = number(stream, 40, 2),
                     .precision = (number(stream, 42, 1) & 0x7f) + 1,
                     .step_x = number(stream, 43, 1),
                     .step_y = number(stream, 44, 1)};
}

}  // namespace

Result<Bytes> code_stream_in(Bytes bytes) {
    if (begins_code_stream(bytes)) return bytes;
    while (bytes.size() >= 8) {
        std::uint64_t length = number(bytes, 0, 4), header = 8;
        if (length == 1 && bytes.size() >= 16) {
            length = number(bytes, 8, 8);
            header = 16;
        }
        if (length == 0) length = bytes.size();  // the last one
        if (length < header || length > bytes.size()) break;
        if (number(bytes, 4, 4) == code_stream_box)
            return bytes.subspan(static_cast<std::size_t>(header), static_cast<std::size_t>(length - header));
        bytes = bytes.subspan(static_cast<std::size_t>(length));
    }
    return fail("no JPEG 2000 code stream");
}

Result<> check_code_stream(Bytes code_stream, int columns, int rows) {
    const auto size = image_size(code_stream);
    if (!size) return std::unexpected(size.error());
    if (size->components != 1) return fail("JPEG 2000 image has more than one component");
    if (size->precision > most_bits_of_sample)
        return fail("JPEG 2000 image has samples of more than 16 bits");
    if (size->step_x != 1 || size->step_y != 1 ||
        size->left + static_cast<std::uint64_t>(columns) != size->right ||
        size->top + static_cast<std::uint64_t>(rows) != size->bottom)
        return fail("JPEG 2000 image has other dimensions than its DICOM header");
    // The first tile holds a sample of the image, so that its size alone says how many tiles there are.
    if (size->tiles_left > size->left || size->tiles_left + size->tile_width <= size->left ||
        size->tiles_top > size->top || size->tiles_top + size->tile_height <= size->top)
        return fail("damaged JPEG 2000 header");
    if (const auto tiles = size->tiles(); tiles > most_tiles)
        return fail("JPEG 2000 image is cut into " + std::to_string(tiles) + " tiles");
    return {};
}

}  // namespace calcinode::dicom
