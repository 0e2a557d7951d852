// The phantom as DICOM files.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "phantom/phantom.hpp"

using namespace calcinode;
using namespace calcinode::phantom;

namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("phantom-" + std::to_string(getpid()));
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

PhantomOptions tiny() {
    PhantomOptions options;
    options.size = {32, 32, 4};
    options.spacing_mm = {6, 6, 40};
    return options;
}

std::string value(const std::filesystem::path& file, const DcmTagKey& tag) {
    DcmFileFormat format;
    REQUIRE(format.loadFile(file.c_str()).good());
    OFString text;
    format.getDataset()->findAndGetOFStringArray(tag, text);
    return text.c_str();
}

}  // namespace

TEST_CASE("a study is a file a slice, and the same options give the same UIDs") {
    const Folder folder;
    PhantomOptions options = tiny();
    options.patient_name = "Müller^Jürgen";
    REQUIRE(write_study(options, folder.path / "a"));
    REQUIRE(write_study(options, folder.path / "b"));
    options.seed = 2;
    REQUIRE(write_study(options, folder.path / "c"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path / "a"), {}) == 4);
    const auto first = folder.path / "a" / "IM00001.dcm", last = folder.path / "a" / "IM00004.dcm";
    CHECK(value(first, DCM_PatientName) == "Müller^Jürgen");
    CHECK(value(first, DCM_SOPInstanceUID) != value(last, DCM_SOPInstanceUID));
    CHECK(value(first, DCM_SeriesInstanceUID) == value(last, DCM_SeriesInstanceUID));
    CHECK(value(first, DCM_ImagePositionPatient) == "-93\\-93\\-60");
    CHECK(value(last, DCM_ImagePositionPatient) == "-93\\-93\\60");
    CHECK(value(first, DCM_SOPInstanceUID) == value(folder.path / "b" / "IM00001.dcm", DCM_SOPInstanceUID));
    CHECK(value(first, DCM_StudyInstanceUID) !=
          value(folder.path / "c" / "IM00001.dcm", DCM_StudyInstanceUID));
}

TEST_CASE("pixels and rescale give back the volume in HU") {
    const Folder folder;
    REQUIRE(write_study(tiny(), folder.path));
    const Volume volume = make_volume(tiny());
    DcmFileFormat format;
    REQUIRE(format.loadFile((folder.path / "IM00003.dcm").c_str()).good());
    const Uint16* stored = nullptr;
    unsigned long count = 0;
    REQUIRE(format.getDataset()->findAndGetUint16Array(DCM_PixelData, stored, &count).good());
    REQUIRE(count == 32 * 32);
    for (unsigned long n = 0; n < count; ++n) REQUIRE(int(stored[n]) - 1024 == volume.hu[2 * 32 * 32 + n]);
}

TEST_CASE("what is no DICOM value is refused before anything is written") {
    const Folder folder;
    const auto refused = [&](auto change, const char* part) {
        PhantomOptions options = tiny();
        change(options);
        const auto written = write_study(options, folder.path);
        REQUIRE_FALSE(written);
        CHECK(written.error().what.find(part) != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(folder.path));
    };
    refused([](auto& o) { o.patient_name = std::string(65, 'a'); }, "patient name");
    refused([](auto& o) { o.patient_name = "a\\b"; }, "patient name");
    refused([](auto& o) { o.patient_id = "a\nb"; }, "patient ID");
    refused([](auto& o) { o.study_date = "20260230"; }, "YYYYMMDD");
    refused([](auto& o) { o.slip_mm = 40; }, "slip");
    refused([](auto& o) { o.size[0] = 0; }, "size");
}

TEST_CASE("a folder that can't be made is an error with its name") {
    const auto written = write_study(tiny(), "/proc/no-such-folder");
    REQUIRE_FALSE(written);
    CHECK(written.error().what.find("/proc/no-such-folder") != std::string::npos);
}
