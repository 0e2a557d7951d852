// Stored values to Hounsfield units, in files that the test makes.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <doctest/doctest.h>

#include "dicom/hu_table.hpp"
#include "dicom/pixel_reader.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;

namespace {

std::vector<std::int16_t> hounsfield(const test::CtSlice& slice) {
    const test::TempFolder folder;
    test::write_slice(slice, folder / "a");
    const auto header = dicom::read_image_header(folder / "a");
    REQUIRE(header);
    const auto hu = dicom::read_hounsfield(*header, 0);
    REQUIRE_MESSAGE(hu, hu.error().what);
    return *hu;
}

test::CtSlice row_of(std::vector<std::uint16_t> words) {
    test::CtSlice slice;
    slice.rows = 1;
    slice.columns = static_cast<int>(words.size());
    slice.words = std::move(words);
    return slice;
}

using Hu = std::vector<std::int16_t>;

}  // namespace

TEST_CASE("unsigned 12-bit values are rescaled") {
    auto slice = row_of({0, 1024, 1064, 4095});
    slice.is_signed = false;
    slice.bits_stored = 12;
    slice.intercept = -1024;
    CHECK(hounsfield(slice) == Hu{-1024, 0, 40, 3071});
}

TEST_CASE("signed values are extended from the stored bits, whatever is in the bits above") {
    auto slice = row_of({0x0fff, 0xffff, 0x1005, 0x07ff});
    slice.bits_stored = 12;
    CHECK(hounsfield(slice) == Hu{-1, -1, 5, 2047});
}

TEST_CASE("slope and intercept need not be whole numbers") {
    auto slice = row_of({0, 1, 3, 101});
    slice.slope = 0.5;
    slice.intercept = -10.25;
    CHECK(hounsfield(slice) == Hu{-10, -10, -9, 40});
}

TEST_CASE("padding is air, also outside the stored bits, and as a range") {
    auto slice = row_of({static_cast<std::uint16_t>(-2000), 100, 200, 300});
    slice.also[DCM_PixelPaddingValue] = "-2000";
    CHECK(hounsfield(slice) == Hu{-1024, 100, 200, 300});

    slice = row_of({0xf830, 100, 200, 300});
    slice.bits_stored = 12;
    slice.is_signed = false;
    slice.also[DCM_PixelPaddingValue] = "63536";  // 0xf830
    CHECK(hounsfield(slice) == Hu{-1024, 100, 200, 300});

    slice = row_of({150, 100, 200, 300});
    slice.also[DCM_PixelPaddingValue] = "100";
    slice.also[DCM_PixelPaddingRangeLimit] = "200";
    CHECK(hounsfield(slice) == Hu{-1024, -1024, -1024, 300});
}

TEST_CASE("values outside what a voxel holds are clamped") {
    auto slice = row_of({static_cast<std::uint16_t>(-5000), 30000, 7, 8});
    slice.slope = 2;
    CHECK(hounsfield(slice) == Hu{-1024, 32767, 14, 16});
}

TEST_CASE("absurd dimensions are refused before anything is allocated for them") {
    const test::TempFolder folder;
    auto slice = row_of({1, 2, 3, 4});
    slice.also[DCM_Rows] = "65535";
    slice.also[DCM_Columns] = "65535";
    test::write_slice(slice, folder / "a");
    const auto header = dicom::read_image_header(folder / "a");
    REQUIRE(header);
    const auto hu = dicom::read_hounsfield(*header, 0);
    REQUIRE_FALSE(hu);
    CHECK(hu.error().what == "matrix of 65535 x 65535 pixels");

    slice.also[DCM_Rows] = "512";
    slice.also[DCM_Columns] = "512";
    test::write_slice(slice, folder / "b");
    const auto short_of_pixels = dicom::read_hounsfield(*dicom::read_image_header(folder / "b"), 0);
    REQUIRE_FALSE(short_of_pixels);
    CHECK(short_of_pixels.error().what == "pixel data of 8 bytes where 524288 are needed");
}

TEST_CASE("a damaged compressed frame is an error") {
    const test::TempFolder folder;
    auto slice = row_of({1, 2, 3, 4});
    test::write_slice(slice, folder / "native");
    for (const auto* uid : {UID_RLELosslessTransferSyntax, UID_JPEGLSLosslessTransferSyntax,
                            UID_JPEGProcess14SV1TransferSyntax, UID_JPEG2000LosslessOnlyTransferSyntax}) {
        CAPTURE(uid);
        DcmFileFormat file;
        REQUIRE(file.loadFile((folder / "native").c_str()).good());
        const auto syntax = DcmXfer(uid).getXfer();
        auto* sequence = new DcmPixelSequence(DCM_PixelData);
        sequence->insert(new DcmPixelItem(DCM_Item));
        auto* fragment = new DcmPixelItem(DCM_Item);
        const Uint8 junk[] = {0xff, 0x4f, 0xff, 0x51, 1, 2, 3, 4, 5, 6};
        fragment->putUint8Array(junk, sizeof junk);
        sequence->insert(fragment);
        auto* pixels = new DcmPixelData(DCM_PixelData);
        pixels->putOriginalRepresentation(syntax, nullptr, sequence);
        REQUIRE(file.getDataset()->insert(pixels, OFTrue).good());
        REQUIRE(file.saveFile((folder / "broken").c_str(), syntax).good());
        const auto header = dicom::read_image_header(folder / "broken");
        REQUIRE(header);
        const auto hu = dicom::read_hounsfield(*header, 0);
        REQUIRE_FALSE(hu);
        MESSAGE(hu.error().what);
    }
}
