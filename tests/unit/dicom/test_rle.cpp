// RLE frames, sound ones and such as point outside themselves.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dicom/rle.hpp"
#include "support/ct_file.hpp"

using namespace calcinode;

namespace {

using test::detail::little;
using Words = std::vector<std::uint16_t>;

// Two segments with their header, or with another one.
std::string frame(const std::string& high, const std::string& low) {
    std::string header =
        little(2, 4) + little(64, 4) + little(static_cast<std::uint32_t>(64 + high.size()), 4);
    header.resize(64);
    return header + high + low;
}

struct DecodedRle {
    std::string error;
    Words words;
};

DecodedRle decode_rle(const std::string& bytes, std::size_t pixels = 4) {
    DecodedRle decoded{.error = {}, .words = Words(pixels, 0xdead)};
    const auto ok = dicom::decode_rle(std::as_bytes(std::span(bytes)), decoded.words);
    if (!ok) decoded.error = ok.error().what;
    return decoded;
}

// Four times high byte 1; low bytes 10, 20, 30, 30.
const std::string high = "\xfd\x01", low("\x01\x0a\x14\x80\xff\x1e", 6);

}  // namespace

TEST_CASE("runs, literals and empty codes become words") {
    CHECK(decode_rle(frame(high, low)).words == Words{0x010a, 0x0114, 0x011e, 0x011e});
    // Padding after the last pixel, and a run that is longer than the frame.
    CHECK(decode_rle(frame(high + '\0', low + '\0')).words == Words{0x010a, 0x0114, 0x011e, 0x011e});
    CHECK(decode_rle(frame("\x81\x01", "\x81\x02"), 3).words == Words{0x0102, 0x0102, 0x0102});
}

TEST_CASE("a frame whose header points outside it is refused") {
    const auto sound = frame(high, low);
    const auto with = [&](std::size_t index, std::uint32_t value) {
        return std::string(sound).replace(4 * index, 4, little(value, 4));
    };
    const std::string outside = "RLE frame whose segments lie outside it";
    CHECK(decode_rle(with(1, 63)).error == outside);
    CHECK(decode_rle(with(1, 0xfffffff2)).error == outside);
    CHECK(decode_rle(with(2, 63)).error == outside);
    CHECK(decode_rle(with(2, 0xfffffff2)).error == outside);
    CHECK(decode_rle(with(2, static_cast<std::uint32_t>(sound.size() + 1))).error == outside);
    CHECK(decode_rle(sound.substr(0, 63)).error == "RLE frame without a header");
    CHECK(decode_rle("").error == "RLE frame without a header");
    CHECK(decode_rle(with(0, 3)).error == "RLE frame of 3 segments, not of 16-bit samples");
}

TEST_CASE("a frame that ends before its last pixel is refused, not filled up") {
    const std::string ends = "RLE frame that ends before its last pixel";
    CHECK(decode_rle(frame(high, low.substr(0, 5))).error == ends);
    CHECK(decode_rle(frame(high, low.substr(0, 2))).error == ends);
    CHECK(decode_rle(frame(high, "")).error == ends);
    CHECK(decode_rle(frame("", low)).error == ends);
    CHECK(decode_rle(frame(high, low), 5).error == ends);
}
