// JPEG 2000 code streams, sound ones and such as would cost more than they may.
#include <doctest/doctest.h>
#include <openjpeg.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "dicom/jpeg2000.hpp"
#include "support/ct_file.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;

namespace {

constexpr int columns = 40, rows = 30;

std::vector<std::uint16_t> ramp() {
    std::vector<std::uint16_t> words(columns * rows);
    std::iota(words.begin(), words.end(), std::uint16_t{100});
    return words;
}

// The ramp as OpenJPEG encodes it, lossless.
std::string encoded(OPJ_CODEC_FORMAT format, int tile = columns) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = 3;
    parameters.tile_size_on = tile < columns;
    parameters.cp_tdx = parameters.cp_tdy = tile;
    opj_image_cmptparm_t component{};
    component.dx = component.dy = 1;
    component.w = columns;
    component.h = rows;
    component.prec = 12;
    auto* image = opj_image_create(1, &component, OPJ_CLRSPC_GRAY);
    image->x1 = columns;
    image->y1 = rows;
    const auto words = ramp();
    std::copy(words.begin(), words.end(), image->comps[0].data);

    const test::TempFolder folder;
    const auto file = (folder / "encoded").string();
    auto* codec = opj_create_compress(format);
    auto* stream = opj_stream_create_default_file_stream(file.c_str(), OPJ_FALSE);
    REQUIRE(opj_setup_encoder(codec, &parameters, image));
    REQUIRE(opj_start_compress(codec, image, stream));
    REQUIRE(opj_encode(codec, stream));
    REQUIRE(opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    return test::read_file(file);
}

struct Decoded {
    std::string error;
    std::vector<std::uint16_t> words;
};

Decoded decode(const std::string& bytes, int wide = columns, int high = rows) {
    Decoded decoded;
    decoded.words.resize(static_cast<std::size_t>(wide) * static_cast<std::size_t>(high));
    const auto ok = dicom::decode_jpeg2000(std::as_bytes(std::span(bytes)), wide, high, decoded.words);
    if (!ok) decoded.error = ok.error().what;
    return decoded;
}

// With a number of the image and tile size segment changed, which comes right after the code stream's start.
std::string with(std::string code_stream, std::size_t at, std::uint32_t value, int bytes = 4) {
    std::string number;
    for (int n = bytes; n-- > 0;) number += static_cast<char>(value >> 8 * n & 0xff);
    return code_stream.replace(at, number.size(), number);
}

}  // namespace

TEST_CASE("a code stream decodes to the pixels it was made of, bare, in tiles and in a JP2 file") {
    for (const auto& bytes : {encoded(OPJ_CODEC_J2K), encoded(OPJ_CODEC_J2K, 8), encoded(OPJ_CODEC_JP2)}) {
        const auto decoded = decode(bytes);
        CHECK(decoded.error == "");
        CHECK(decoded.words == ramp());
    }
}

TEST_CASE("tiles without number are refused before memory is set aside for them") {
    const auto stream = encoded(OPJ_CODEC_J2K);
    auto large = with(with(stream, 8, 256), 12, 256);
    large = with(with(large, 24, 1), 28, 1);
    CHECK(decode(large, 256, 256).error == "JPEG 2000 image is cut into 65536 tiles");
    CHECK(decode(with(stream, 24, 0)).error == "damaged JPEG 2000 header");
    // The first tile ends before the image begins.
    CHECK(decode(with(with(with(stream, 8, 1000 + columns), 16, 1000), 24, 500)).error ==
          "damaged JPEG 2000 header");
}

TEST_CASE("a code stream of another image than the DICOM header's is refused") {
    const auto stream = encoded(OPJ_CODEC_J2K);
    const std::string dimensions = "JPEG 2000 image has other dimensions than its DICOM header";
    CHECK(decode(with(stream, 8, columns + 1)).error == dimensions);
    CHECK(decode(with(stream, 20, 1)).error == dimensions);
    CHECK(decode(with(stream, 43, 2, 1)).error == dimensions);
    CHECK(decode(with(stream, 40, 3, 2)).error == "JPEG 2000 image has more than one component");
    CHECK(decode(with(stream, 42, 17, 1)).error == "JPEG 2000 image has samples of more than 16 bits");
}

TEST_CASE("what is cut off or no code stream is refused") {
    const auto bare = encoded(OPJ_CODEC_J2K), wrapped = encoded(OPJ_CODEC_JP2);
    CHECK(decode(bare.substr(0, 40)).error == "damaged JPEG 2000 header");
    CHECK(decode(wrapped.substr(0, 60)).error == "no JPEG 2000 code stream");
    CHECK(decode("").error == "no JPEG 2000 code stream");
    // A box that claims to be longer than all there is, or shorter than its own header.
    CHECK(decode(with(wrapped, 0, 0xffffffff)).error == "no JPEG 2000 code stream");
    CHECK(decode(with(wrapped, 0, 4)).error == "no JPEG 2000 code stream");
}
