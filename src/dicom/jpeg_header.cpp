#include "dicom/jpeg_header.hpp"

#include <optional>

#include "dicom/image_header.hpp"

namespace calcinode::dicom {
namespace {

using Bytes = std::span<const std::byte>;

// Second bytes of markers (ITU-T T.81 table B.1).
constexpr unsigned first_frame = 0xc0, last_frame = 0xcf;  // SOF, but for the next three, which stand between
constexpr unsigned huffman_tables = 0xc4, extension = 0xc8, arithmetic_conditions = 0xcc;
constexpr unsigned first_alone = 0xd0, last_alone = 0xd9;  // RST, SOI and EOI: no length follows
constexpr unsigned fill = 0xff;

unsigned u8(Bytes bytes, std::size_t at) {
    return std::to_integer<unsigned>(bytes[at]);
}

unsigned u16(Bytes bytes, std::size_t at) {
    return u8(bytes, at) << 8 | u8(bytes, at + 1);
}

bool begins_frame(unsigned marker) {
    return marker >= first_frame && marker <= last_frame && marker != huffman_tables && marker != extension &&
           marker != arithmetic_conditions;
}

// How far the next marker is; nothing where what stands at the beginning can't be passed over.
std::optional<std::size_t> step(Bytes bytes) {
    const auto marker = u8(bytes, 1);
    if (u8(bytes, 0) != 0xff) return std::nullopt;
    if (marker == fill) return 1;
    if (marker >= first_alone && marker <= last_alone) return 2;
    if (marker >= first_frame) return u16(bytes, 2) + 2;
    return std::nullopt;  // TEM and reserved ones
}

// Of the frame header at the beginning (T.81 B.2.2).
Result<> check_frame(Bytes bytes, int columns, int rows) {
    constexpr std::size_t frame_bytes = 10;  // marker, length, precision, lines, samples a line, components
    if (bytes.size() < frame_bytes) return fail("damaged JPEG header");
    if (u8(bytes, 9) != 1) return fail("JPEG image has more than one component");
    if (u8(bytes, 4) == 0 || u8(bytes, 4) > most_bits_of_sample)
        return fail("JPEG image has samples of more than 16 bits");
    if (u16(bytes, 5) != static_cast<unsigned>(rows) || u16(bytes, 7) != static_cast<unsigned>(columns))
        return fail("JPEG image has other dimensions than its DICOM header");
    return {};
}

}  // namespace

Result<> check_jpeg(Bytes fragment, int columns, int rows) {
    constexpr std::size_t marker_bytes = 4;  // with the length that may follow
    while (fragment.size() > marker_bytes) {
        if (u8(fragment, 0) == 0xff && begins_frame(u8(fragment, 1)))
            return check_frame(fragment, columns, rows);
        const auto next = step(fragment);
        if (!next || *next > fragment.size()) break;
        fragment = fragment.subspan(*next);
    }
    return fail("damaged JPEG header");
}

}  // namespace calcinode::dicom
