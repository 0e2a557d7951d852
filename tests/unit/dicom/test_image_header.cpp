// Headers of files that are not as they ought to be.
#include <doctest/doctest.h>

#include <fstream>

#include "dicom/image_header.hpp"
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
