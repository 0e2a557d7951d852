// One real CT slice in every transfer syntax that the node accepts.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "dicom/pixel_reader.hpp"

namespace fs = std::filesystem;
using namespace calcinode;

namespace {

fs::path real_ct(const char* below) {
    const char* root = std::getenv("CALCINODE_CT");
    return root ? fs::path(root) / below : fs::path();
}

#define NEED_REAL_CT(path)                                        \
    if (!fs::exists(path)) {                                      \
        MESSAGE("SKIPPED: needs real CT data, set CALCINODE_CT"); \
        return;                                                   \
    }

std::vector<std::int16_t> hounsfield(const fs::path& file, int frame = 0) {
    const auto header = dicom::read_image_header(file);
    REQUIRE_MESSAGE(header, file.filename().string() << ": " << header.error().what);
    const auto hu = dicom::read_hounsfield(*header, frame);
    REQUIRE_MESSAGE(hu, file.filename().string() << ": " << hu.error().what);
    return *hu;
}

fs::path encoded(const fs::path& folder, const std::string& uid) {
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().ends_with("_" + uid + ".dcm")) return entry.path();
    return {};
}

}  // namespace

TEST_CASE("every lossless encoding decodes to the pixels of the uncompressed image") {
    const auto folder = real_ct("encodings/ge-mister-ct");
    NEED_REAL_CT(folder);
    const auto original = hounsfield(folder / "CTImage.dcm");
    REQUIRE(original.size() == 512 * 512);
    CHECK(*std::ranges::max_element(original) > 300);  // bone, so the picture is not empty
    CHECK(*std::ranges::min_element(original) == -1024);
    for (const char* uid : {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2",
                            "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70",
                            "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"}) {
        CAPTURE(uid);
        CHECK(hounsfield(encoded(folder, uid)) == original);
    }
}

TEST_CASE("near-lossless JPEG-LS and lossy JPEG 2000 decode to nearly the same pixels") {
    const auto folder = real_ct("encodings/ge-mister-ct");
    NEED_REAL_CT(folder);
    const auto original = hounsfield(folder / "CTImage.dcm");
    for (const char* uid : {"1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91"}) {
        CAPTURE(uid);
        const auto lossy = hounsfield(encoded(folder, uid));
        REQUIRE(lossy.size() == original.size());
        double sum = 0;
        for (std::size_t n = 0; n < lossy.size(); ++n) sum += std::abs(lossy[n] - original[n]);
        CHECK(sum / static_cast<double>(lossy.size()) < 10);  // HU
        CHECK(lossy != original);                             // else the test compares a file with itself
    }
}

TEST_CASE("an enhanced multi-frame image has each frame's place from its functional groups") {
    const auto file = real_ct("encodings/multiframe/eCT_Supplemental.dcm");
    NEED_REAL_CT(file);
    const auto header = dicom::read_image_header(file);
    REQUIRE(header);
    REQUIRE(header->frames.size() == 2);
    for (const auto& frame : header->frames) {
        CHECK(frame.position);
        CHECK(frame.orientation);
        CHECK(frame.pixel_spacing);
    }
    CHECK(header->frames[0].position != header->frames[1].position);
    CHECK(header->frames[0].image_type.at(0) == "DERIVED");
}

TEST_CASE("frames in many fragments without an offset table are decoded or refused, never confused") {
    const auto file = real_ct("encodings/multiframe/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm");
    NEED_REAL_CT(file);
    const auto header = dicom::read_image_header(file);
    REQUIRE(header);
    for (int frame = 0; frame < static_cast<int>(header->frames.size()); ++frame) {
        const auto hu = dicom::read_hounsfield(*header, frame);
        if (hu)
            CHECK(hu->size() == static_cast<std::size_t>(header->format.rows * header->format.columns));
        else
            CHECK_MESSAGE(!hu.error().what.empty(), hu.error().what);
    }
}
