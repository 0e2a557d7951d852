#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "report/figure.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

class Loaded {
  public:
    explicit Loaded(const SyntheticStudy& study, const char* name = "sc-1.dcm") {
        REQUIRE(format_.loadFile(study.out(name).c_str()).good());
    }
    std::string text(const DcmTagKey& tag) {
        OFString value;
        format_.getDataset()->findAndGetOFStringArray(tag, value);
        return value.c_str();
    }
    std::vector<std::uint8_t> pixels() {
        const Uint8* bytes = nullptr;
        unsigned long count = 0;
        REQUIRE(format_.getDataset()->findAndGetUint8Array(DCM_PixelData, bytes, &count).good());
        return {bytes, bytes + count};
    }
    DcmDataset& dataset() { return *format_.getDataset(); }

  private:
    DcmFileFormat format_;
};

std::vector<std::uint8_t> drawn(const SyntheticStudy& study, FigurePages pages) {
    const auto pictures = draw_figure(*study.outcome.findings, study.volume, study.source,
                                      {"Neck 2.5 soft", "", "", ""}, pages);
    REQUIRE(pictures);
    std::vector<std::uint8_t> all;
    for (const auto& picture : *pictures) all.insert(all.end(), picture.rgb.begin(), picture.rgb.end());
    return all;
}

std::string uid_of(const std::vector<ReportObject>& objects, ObjectKind kind) {
    return std::ranges::find(objects, kind, &ReportObject::kind)->sop_instance_uid;
}

}  // namespace

TEST_CASE("the secondary capture holds the figure pixel for pixel, as a single frame") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.add_deposit({20, 41, 12}, {3, 3, 2});
    REQUIRE(study.write());
    Loaded image(study);
    CHECK(image.text(DCM_SOPClassUID) == UID_SecondaryCaptureImageStorage);
    CHECK_FALSE(image.dataset().tagExists(DCM_NumberOfFrames));
    CHECK(image.text(DCM_BurnedInAnnotation) == "NO");
    CHECK(image.pixels() == drawn(study, FigurePages::one));
}

TEST_CASE("on request it is a multi-frame image with a page for each deposit, which the key objects name") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.add_deposit({20, 41, 12}, {3, 3, 2});
    const auto written = study.write(FigureOptions{.multi_frame = true});
    REQUIRE(written);
    Loaded image(study);
    CHECK(image.text(DCM_SOPClassUID) == UID_MultiframeTrueColorSecondaryCaptureImageStorage);
    CHECK(image.text(DCM_NumberOfFrames) == "2");
    CHECK(image.text(DCM_PageNumberVector) == "1\\2");
    CHECK(image.pixels() == drawn(study, FigurePages::each_deposit));
    CHECK(std::filesystem::exists(study.out("figure-2.png")));

    Loaded key_objects(study, "ko.dcm");
    DcmStack stack;
    bool named = false;
    while (key_objects.dataset().search(DCM_ReferencedSOPInstanceUID, stack, ESM_afterStackTop).good()) {
        OFString value;
        dynamic_cast<DcmByteString&>(*stack.top()).getOFString(value, 0);
        named = named || value == uid_of(*written, ObjectKind::secondary_capture).c_str();
    }
    CHECK(named);
}

TEST_CASE("a figure made in another way has another UID, the report and the segmentation have not") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto usual = study.write(), other = study.write(FigureOptions{.multi_frame = true}),
               named = study.write(FigureOptions{.with_patient = true});
    REQUIRE((usual && other && named));
    for (const auto* changed : {&*other, &*named}) {
        for (const auto kind : {ObjectKind::secondary_capture, ObjectKind::key_objects})
            CHECK(uid_of(*usual, kind) != uid_of(*changed, kind));
        for (const auto kind : {ObjectKind::structured_report, ObjectKind::segmentation})
            CHECK(uid_of(*usual, kind) == uid_of(*changed, kind));
    }
}

TEST_CASE("a figure with the patient's name says that it has one") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write(FigureOptions{.with_patient = true}));
    CHECK(Loaded(study).text(DCM_BurnedInAnnotation) == "YES");
}

TEST_CASE("a negative study has a figure where that is asked for, and no mark of a finding") {
    SyntheticStudy study;
    const auto written = study.write(FigureOptions{.for_negative = true});
    REQUIRE(written);
    REQUIRE(written->size() == 2);
    CHECK((*written)[1].kind == ObjectKind::secondary_capture);
    CHECK(Loaded(study).text(DCM_SeriesDescription) == "CALC NEGATIVE FIGURE");
}
