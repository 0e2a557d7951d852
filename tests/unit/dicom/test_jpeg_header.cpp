// The search for a JPEG frame header, in sound code streams and in such as DCMTK would search for ever.
#include <doctest/doctest.h>

#include <string>

#include "dicom/jpeg_header.hpp"

using namespace calcinode;

namespace {

std::string bytes(std::initializer_list<int> all) {
    std::string text;
    for (const int byte : all) text += static_cast<char>(byte);
    return text;
}

const std::string start = bytes({0xff, 0xd8});
const std::string comment = bytes({0xff, 0xfe, 0, 4, 'h', 'i'});

// 3 rows, 5 columns.
std::string frame(int marker = 0xc3, int precision = 16, int rows = 3, int components = 1) {
    return bytes({0xff, marker, 0, 11, precision, 0, rows, 0, 5, components, 1, 0x11, 0});
}

std::string found(const std::string& stream) {
    const auto ok = dicom::check_jpeg(std::as_bytes(std::span(stream)), 5, 3);
    return ok ? "" : ok.error().what;
}

}  // namespace

TEST_CASE("the frame header is found behind other segments, tables and fill bytes") {
    for (const int marker : {0xc0, 0xc1, 0xc3}) CHECK(found(start + frame(marker)) == "");
    CHECK(found(start + comment + frame()) == "");
    CHECK(found(start + bytes({0xff, 0xff, 0xff}) + comment + bytes({0xff, 0xc4, 0, 3, 0}) + frame()) == "");
}

TEST_CASE("a marker without a length before the frame header is refused: DCMTK stays there for ever") {
    CHECK(found(start + bytes({0xff, 0x01}) + frame()) == "damaged JPEG header");
    CHECK(found(start + comment + bytes({0xff, 0x01, 0, 0}) + frame()) == "damaged JPEG header");
}

TEST_CASE("a frame header of another image than the DICOM header's is refused") {
    CHECK(found(start + frame(0xc3, 16, 4)) == "JPEG image has other dimensions than its DICOM header");
    CHECK(found(start + frame(0xc3, 16, 3, 3)) == "JPEG image has more than one component");
    CHECK(found(start + frame(0xc3, 17)) == "JPEG image has samples of more than 16 bits");
}

TEST_CASE("without a frame header a code stream is refused") {
    const auto none = "damaged JPEG header";
    CHECK(found("") == none);
    CHECK(found(start) == none);
    CHECK(found(start + comment) == none);
    CHECK(found(start + frame().substr(0, 8)) == none);
    CHECK(found(start + bytes({0xff, 0xfe, 0xff, 0xff, 'h', 'i'})) == none);
    CHECK(found("no code stream") == none);
}
