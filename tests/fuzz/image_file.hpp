// A small image file with sound attributes, around whatever pixel data a target wants in it.
#pragma once

#include <string>

#include "support/ct_file.hpp"

namespace calcinode::fuzz {

struct ImageShape {
    const char* transfer_syntax = test::explicit_little_endian;
    int columns = 1, rows = 1, frames = 1, bits_stored = 16;
    bool is_signed = true;
};

inline std::string u16(int value) {
    return test::detail::little(static_cast<std::uint32_t>(value), 2);
}

// An item of a sequence, or a fragment of encapsulated pixel data.
inline std::string item(const std::string& content) {
    return test::detail::little(0xe000fffe, 4) +
           test::detail::little(static_cast<std::uint32_t>(content.size()), 4) + content;
}

// `pixel_data`: the element (7FE0,0010) as it stands in the file. With more than one frame it is an Enhanced
// CT.
inline std::string image_file(const ImageShape& shape, const std::string& pixel_data) {
    using test::detail::element;
    const bool enhanced = shape.frames > 1;
    const test::CtFile ct{.sop_class = enhanced ? "1.2.840.10008.5.1.4.1.1.2.1" : test::ct_image_storage,
                          .transfer_syntax = shape.transfer_syntax};
    std::string groups;
    for (int frame = 0; enhanced && frame < shape.frames; ++frame) groups += item("");
    return test::part10(
        ct, element(8, 0x0016, "UI", ct.sop_class) + element(8, 0x0018, "UI", ct.instance) +
                element(0x0020, 0x000d, "UI", ct.study) + element(0x0020, 0x000e, "UI", ct.series) +
                element(0x0028, 0x0002, "US", u16(1)) + element(0x0028, 0x0004, "CS", "MONOCHROME2") +
                element(0x0028, 0x0008, "IS", std::to_string(shape.frames)) +
                element(0x0028, 0x0010, "US", u16(shape.rows)) +
                element(0x0028, 0x0011, "US", u16(shape.columns)) + element(0x0028, 0x0100, "US", u16(16)) +
                element(0x0028, 0x0101, "US", u16(shape.bits_stored)) +
                element(0x0028, 0x0102, "US", u16(shape.bits_stored - 1)) +
                element(0x0028, 0x0103, "US", u16(shape.is_signed)) + element(0x0028, 0x1052, "DS", "-1024") +
                element(0x0028, 0x1053, "DS", "1") + (enhanced ? element(0x5200, 0x9230, "SQ", groups) : "") +
                pixel_data);
}

}  // namespace calcinode::fuzz
