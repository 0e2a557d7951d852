#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "dicom/own_objects.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// The value's bytes as they stand in the file.
std::string raw_value(DcmItem& item, const DcmTagKey& tag) {
    char* text = nullptr;
    DcmElement* element = nullptr;
    if (item.findAndGetElement(tag, element).bad() || element->getString(text).bad() || !text) return {};
    return text;
}

std::map<std::string, std::string> files_of(const SyntheticStudy& study) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(study.folder() / "out"))
        files[entry.path().filename()] = bytes_of(entry.path());
    return files;
}

constexpr std::array<const char*, 4> all_objects{"sr.dcm", "sc-1.dcm", "seg.dcm", "ko.dcm"};

void check_taken_over(const SyntheticStudy& study, const std::vector<DcmTagKey>& tags) {
    DcmFileFormat image;
    REQUIRE(image.loadFile(study.source.slices[0].file.c_str()).good());
    for (const auto* name : all_objects) {
        CAPTURE(name);
        DcmFileFormat object;
        REQUIRE(object.loadFile(study.out(name).c_str()).good());
        for (const auto& tag : tags) {
            CAPTURE(tag.toString().c_str());
            CHECK(raw_value(*object.getDataset(), tag) == raw_value(*image.getDataset(), tag));
        }
    }
}

const std::vector<DcmTagKey> identifying{
    DCM_SpecificCharacterSet,  DCM_PatientName, DCM_PatientID, DCM_PatientBirthDate, DCM_PatientSex,
    DCM_StudyInstanceUID,      DCM_StudyDate,   DCM_StudyTime, DCM_StudyDescription, DCM_AccessionNumber,
    DCM_ReferringPhysicianName};

}  // namespace

TEST_CASE("all objects join the source study with its patient and study attributes") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto written = study.write();
    REQUIRE(written);
    CHECK(written->size() == 4);
    check_taken_over(study, identifying);
}

TEST_CASE("names in any character set come through byte by byte") {
    const std::array<std::pair<std::string, std::string>, 4> names{
        {{"ISO_IR 100", "M\xfcller^J\xf6rg"},
         {"ISO_IR 192", "M\xc3\xbcller^\xe5\xb1\xb1\xe7\x94\xb0"},
         {"\\ISO 2022 IR 87", "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"},
         {"ISO_IR 144", "\xbb\xee\xda\xe1"}}};
    for (const auto& [character_set, name] : names) {
        CAPTURE(character_set);
        SyntheticStudy study({.attributes = {{"0008,0005", character_set},
                                             {"0010,0010", name},
                                             {"0008,0090", name},
                                             {"0008,1030", name}}});
        study.add_deposit({40, 41, 12}, {6, 5, 3});
        REQUIRE(study.write());
        check_taken_over(study, identifying);
        DcmFileFormat object;
        REQUIRE(object.loadFile(study.out("sr.dcm").c_str()).good());
        CHECK(raw_value(*object.getDataset(), DCM_PatientName) == name);
    }
}

TEST_CASE("a source that has only what it can't do without gives objects with empty attributes") {
    SyntheticStudy study({.bare = true});
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto written = study.write();
    REQUIRE_MESSAGE(written.has_value(), (written ? "" : written.error().what));
    for (const auto* name : all_objects) {
        CAPTURE(name);
        DcmFileFormat object;
        REQUIRE(object.loadFile(study.out(name).c_str()).good());
        auto& dataset = *object.getDataset();
        for (const auto& tag :
             {DCM_PatientName, DCM_PatientID, DCM_AccessionNumber, DCM_StudyID, DCM_StudyDate}) {
            CHECK(dataset.tagExists(tag));
            CHECK(raw_value(dataset, tag).empty());
        }
        CHECK_FALSE(dataset.tagExists(DCM_SpecificCharacterSet));
        CHECK(raw_value(dataset, DCM_ContentDate).size() == 8);  // the standard demands one
    }
}

TEST_CASE("each object has a series of its own, with the number and the text that routing rules match") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write(7001));
    std::set<std::string> series{study.source.series_uid};
    const std::array<std::pair<const char*, const char*>, 4> expected{{{"7001", "CALC POSITIVE"},
                                                                       {"7002", "CALC POSITIVE FIGURE"},
                                                                       {"7003", "CALC POSITIVE SEGMENTATION"},
                                                                       {"7004", "CALC POSITIVE KEY IMAGES"}}};
    for (std::size_t n = 0; n < all_objects.size(); ++n) {
        CAPTURE(all_objects[n]);
        DcmFileFormat object;
        REQUIRE(object.loadFile(study.out(all_objects[n]).c_str()).good());
        auto& dataset = *object.getDataset();
        CHECK(series.insert(raw_value(dataset, DCM_SeriesInstanceUID)).second);
        CHECK(raw_value(dataset, DCM_SeriesNumber) == expected[n].first);
        CHECK(raw_value(dataset, DCM_SeriesDescription) == expected[n].second);
        CHECK(
            made_by_us(raw_value(dataset, DCM_Manufacturer), raw_value(dataset, DCM_ManufacturerModelName)));
    }
}

TEST_CASE("what is private to the source series or unknown to us is not taken over") {
    SyntheticStudy study({.attributes = {{"0008,1010", "SCANNER-7"}}});
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write());
    DcmFileFormat object;
    REQUIRE(object.loadFile(study.out("sc-1.dcm").c_str()).good());
    CHECK_FALSE(object.getDataset()->tagExists(DCM_StationName));
    CHECK_FALSE(object.getDataset()->tagExists(DCM_InstitutionName));
}

TEST_CASE("the same result is made twice: the same bytes; another set of images: other UIDs") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto first = study.write();
    REQUIRE(first);
    const auto before = files_of(study);
    CHECK(before.size() == 5);  // four objects and the figure
    REQUIRE(study.write());
    CHECK((before == files_of(study)));

    study.source.slices.pop_back();
    const auto other = study.write();
    REQUIRE(other);
    for (std::size_t n = 0; n < first->size(); ++n)
        CHECK((*first)[n].sop_instance_uid != (*other)[n].sop_instance_uid);
}

TEST_CASE("the order in which slices were found does not change the identity") {
    SyntheticStudy study;
    const auto identity = result_identity(study.source, "rule");
    std::swap(study.source.slices[2], study.source.slices[9]);
    CHECK(result_identity(study.source, "rule") == identity);
    CHECK(result_identity(study.source, "another rule") != identity);
    study.source.slices[2].sop_instance_uid += "1";
    CHECK(result_identity(study.source, "rule") != identity);
}

TEST_CASE("corrected images have another content: other pixels, another place, another patient") {
    const SyntheticStudy study;
    const auto content = content_identity(study.volume, study.source);
    CHECK(content_identity(study.volume, study.source) == content);
    auto volume = study.volume;
    volume.hu[7] += 1;
    CHECK(content_identity(volume, study.source) != content);
    volume = study.volume;
    volume.grid.spacing_mm[0] *= 1.1;
    CHECK(content_identity(volume, study.source) != content);
    volume = study.volume;
    volume.grid.origin.z += 1;
    CHECK(content_identity(volume, study.source) != content);
    const auto& file = study.source.slices[0].file;
    DcmFileFormat image;
    REQUIRE(image.loadFile(file.c_str()).good());
    REQUIRE(image.loadAllDataIntoMemory().good());
    REQUIRE(image.getDataset()->putAndInsertString(DCM_PatientID, "ANOTHER").good());
    REQUIRE(image.saveFile(file.c_str(), EXS_LittleEndianExplicit).good());
    CHECK(content_identity(study.volume, study.source) != content);
}

TEST_CASE("a negative study gets a report only, or nothing where that is configured") {
    SyntheticStudy study;
    const auto written = study.write();
    REQUIRE(written);
    REQUIRE(written->size() == 1);
    CHECK((*written)[0].kind == ObjectKind::structured_report);
    CHECK_FALSE(std::filesystem::exists(study.out("sc-1.dcm")));
    ReportOptions quiet;
    quiet.report_negative = false;
    quiet.identity = result_identity(study.source, "rule");
    const auto none = write_objects(study.outcome, study.volume, study.source, quiet, study.folder() / "out");
    REQUIRE(none);
    CHECK(none->empty());
}

TEST_CASE("what was not analysed has nothing to report") {
    SyntheticStudy study;
    study.outcome.status = Status::not_applicable;
    study.outcome.findings.reset();
    CHECK_FALSE(study.write());
}

TEST_CASE("a source file that is gone, and a folder that is not there, are errors") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    ReportOptions options;
    options.identity = "x";
    CHECK_FALSE(
        write_objects(study.outcome, study.volume, study.source, options, study.folder() / "nowhere"));
    std::filesystem::remove(study.source.slices[0].file);
    CHECK_FALSE(study.write());
}
