// Headers of files that are not as they ought to be.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "dicom/image_header.hpp"
#include "dicom/pixel_reader.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
namespace fs = std::filesystem;

namespace {

// Its position from a file in which Image Position (Patient) is written so.
std::optional<LpsPoint> position_of(const std::string& written) {
    const test::TempFolder folder;
    test::CtSlice slice;
    slice.also[DCM_ImagePositionPatient] = written;
    test::write_slice(slice, folder / "a");
    const auto header = dicom::read_image_header(folder / "a");
    REQUIRE(header);
    return header->frames.at(0).position;
}

}  // namespace

TEST_CASE("decimal strings are read as the standard allows them") {
    CHECK(position_of(" +1.5\\-2e1 \\ 3") == LpsPoint{1.5, -20, 3});
}

TEST_CASE("a decimal string that is no number is absent, not zero") {
    CHECK_FALSE(position_of("nan\\0\\0"));
    CHECK_FALSE(position_of("1\\inf\\0"));
    CHECK_FALSE(position_of("1\\2"));
    CHECK_FALSE(position_of("1\\\\2"));
    CHECK_FALSE(position_of(""));
    CHECK_FALSE(position_of("1mm\\2mm\\3mm"));
    CHECK_FALSE(position_of("1e999\\0\\0"));
}

TEST_CASE("files that are not DICOM, or not whole, are errors") {
    const test::TempFolder folder;
    std::ofstream(folder / "text") << std::string(1000, 'x');
    CHECK(dicom::read_image_header(folder / "text").error().what == "not a DICOM file (no DICM prefix)");
    std::ofstream(folder / "empty");
    CHECK_FALSE(dicom::read_image_header(folder / "empty"));
    CHECK_FALSE(dicom::read_image_header(folder / "none"));
    CHECK_FALSE(dicom::read_image_header(folder.path()));

    test::CtSlice slice;
    for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                              EXS_DeflatedLittleEndianExplicit}) {
        CAPTURE(DcmXfer(syntax).getXferName());
        slice.syntax = syntax;
        slice.words.assign(256, 0x1234);
        for (std::size_t n = 0; n < slice.words.size(); ++n) slice.words[n] = static_cast<Uint16>(n * 40503U);
        test::write_slice(slice, folder / "whole");
        REQUIRE(dicom::read_image_header(folder / "whole"));
        const auto size = fs::file_size(folder / "whole");
        // In the pixel data, in the header, and in the meta information.
        for (const auto length : {size - 20, size / 2, std::uintmax_t{600}, std::uintmax_t{200}}) {
            CAPTURE(length);
            fs::copy_file(folder / "whole", folder / "cut", fs::copy_options::overwrite_existing);
            fs::resize_file(folder / "cut", length);
            CHECK_FALSE(dicom::read_image_header(folder / "cut"));
        }
    }
}

TEST_CASE("an object without well-formed UIDs is an error") {
    const test::TempFolder folder;
    test::CtSlice slice;
    slice.also[DCM_StudyInstanceUID] = "../../etc/passwd";
    test::write_slice(slice, folder / "a");
    CHECK(dicom::read_image_header(folder / "a").error().what == "no well-formed Study Instance UID");
}

TEST_CASE("sequences nested without end are refused before the stack is used up") {
    const test::TempFolder folder;
    test::CtSlice slice;
    slice.without = {DCM_PixelData};
    test::write_slice(slice, folder / "whole");
    REQUIRE(dicom::read_image_header(folder / "whole"));
    const std::string level("\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff", 20);
    {
        std::ofstream file(folder / "whole", std::ios::binary | std::ios::app);
        for (int n = 0; n < 100'000; ++n) file << level;
    }
    const auto header = dicom::read_image_header(folder / "whole");
    REQUIRE_FALSE(header);
    CHECK(header.error().what == "sequences are nested too deep");
}

TEST_CASE("a file with any byte changed is read or refused, and nothing else happens") {
    const test::TempFolder folder;
    test::CtSlice slice;
    for (const auto syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                              EXS_DeflatedLittleEndianExplicit}) {
        slice.syntax = syntax;
        test::write_slice(slice, folder / "whole");
        std::ifstream stream(folder / "whole", std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(stream), {}};
        int read = 0, refused = 0;
        for (std::size_t at = 132; at < content.size(); at += 3) {
            auto damaged = content;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
            std::ofstream(folder / "damaged", std::ios::binary) << damaged;
            const auto header = dicom::read_image_header(folder / "damaged");
            header ? ++read : ++refused;
            if (header) (void)dicom::read_hounsfield(*header, 0);
        }
        CHECK(read > 0);
        CHECK(refused > 0);
    }
}
