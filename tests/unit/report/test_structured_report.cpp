#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmsr/dsrdoc.h>
#include <doctest/doctest.h>

#include <sstream>

#include "report/codes.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

std::string printed(const std::filesystem::path& file, DSRDocument& document) {
    DcmFileFormat format;
    REQUIRE(format.loadFile(file.c_str()).good());
    REQUIRE(document.read(*format.getDataset()).good());
    std::ostringstream out;
    document.print(out, DSRTypes::PF_printLongSOPClassName | DSRTypes::PF_printSOPInstanceUID |
                            DSRTypes::PF_printConceptNameCodes | DSRTypes::PF_printAllCodes);
    return out.str();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the report holds each deposit's place and measurements in codes, unverified and preliminary") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.outcome.findings->deposits[0].compartment = Compartment::canal;
    study.outcome.findings->deposits[0].canal_occupied_percent = 33.34;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(document.getDocumentType() == DSRTypes::DT_EnhancedSR);
    CHECK(document.getVerificationFlag() == DSRTypes::VF_Unverified);
    CHECK(document.getPreliminaryFlag() == DSRTypes::PF_Preliminary);
    CHECK(has(text, "(5329002,SCT,\"C4 vertebra\")"));
    CHECK(has(text, "(7771000,SCT,\"Left\")"));
    CHECK(has(text, "(61853006,SCT,\"Vertebral canal\")"));
    CHECK(has(text, "=\"801.3\" ([hnsf'U],UCUM"));
    CHECK(has(text, "=\"12.35\" (mm,UCUM") != has(text, "=\"12.34\" (mm,UCUM"));
    CHECK(has(text, "=\"33.3\" (%,UCUM"));
    CHECK(has(text, tracking_uid(result_identity(study.source, "rule"), 1)));
    CHECK(has(text, "(111242,DCM,\"All algorithms succeeded; with findings\")"));
    CHECK(has(text, "=(52101004,SCT,\"Present\")"));
    CHECK(has(text, "unverified, preliminary, not for primary diagnosis"));
}

TEST_CASE("a slip stands in the report with site, measure, method, uncertainty and its place on an image") {
    SyntheticStudy study;
    auto& spine = study.outcome.findings->spine;
    spine.vertebrae[1].canal_area_mm2 = 187.6;
    const auto place = study.volume.grid.to_lps(31, 28, 13);
    spine.listhesis = {{"C3", "C4", 0, 3.14, 0.42, place}, {"C4", "C5", 1, -2.2, 0.4, place}};
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "(121071,DCM,\"Finding\")=(274152003,SCT,\"Spondylolisthesis\")"));
    CHECK(has(text, "(363698007,SCT,\"Finding Site\")=(113205007,SCT,\"C3 vertebra\")"));
    CHECK(has(text, "(121206,DCM,\"Distance\")=\"3.1\" (mm,UCUM"));
    CHECK(has(text, "(106233006,SCT,\"Topographical modifier\")=(255549009,SCT,\"Anterior\")"));
    CHECK(has(text, "(386136009,SCT,\"Standard Deviation\")=\"0.4\" (mm,UCUM"));
    CHECK(has(text, "C3/4 spondylolisthesis, 3 mm anterior"));
    CHECK_FALSE(has(text, "\"2.2\""));  // within the normal play
    CHECK(has(text, "(POINT,31.5/28.5)"));
    CHECK(has(text, study.source.slices[13].sop_instance_uid));
    // It never raises the verdict.
    CHECK(has(text, "=(272519000,SCT,\"Absent\")"));
    CHECK(has(text, "(111241,DCM"));
}

TEST_CASE("a slip at an uncertain level says which levels it may be") {
    SyntheticStudy study;
    auto& spine = study.outcome.findings->spine;
    for (auto& vertebra : spine.vertebrae) vertebra.level = "uncertain";
    spine.vertebrae[0].alternatives = {{"T4", 0.6}, {"T5", 0.35}};
    spine.vertebrae[1].alternatives = {{"T5", 0.6}, {"T6", 0.35}};
    spine.listhesis = {{"uncertain", "uncertain", 0, -3.4, 0.5, {1e6, 0, 0}}};  // its place lies outside
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "=(51282000,SCT,\"Vertebra\")"));
    CHECK(has(text, "spondylolisthesis, 3 mm posterior, level uncertain: T4/5 (60 %) or T5/6 (35 %)"));
    CHECK(has(text, "=(255551008,SCT,\"Posterior\")"));
    CHECK_FALSE(has(text, "SCOORD"));
}

TEST_CASE("trabecular attenuation and the narrowest canal stand in the report, with contrast medium noted") {
    SyntheticStudy study;
    auto& spine = study.outcome.findings->spine;
    spine.vertebrae[1].canal_area_mm2 = 187.6;
    spine.contrast = true;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text,
              "(112031,DCM,\"Attenuation Coefficient\")=\"trabecular attenuation C3-C5 150 HU "
              "(mean of 3 bodies), raised by contrast medium\""));
    CHECK(has(text, "(42798000,SCT,\"Area\")=\"narrowest canal 188 mm2 at C4, of 1 measured\""));
}

TEST_CASE("every source image and the segmentation are in the report's evidence") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto written = study.write();
    REQUIRE(written);
    DSRDocument document;
    printed(study.out("sr.dcm"), document);
    auto& evidence = document.getCurrentRequestedProcedureEvidence();
    CHECK(evidence.getNumberOfInstances() == study.source.slices.size() + 1);
    for (const auto& slice : study.source.slices)
        CHECK(evidence.gotoItem(slice.sop_class_uid.c_str(), slice.sop_instance_uid.c_str()).good());
    CHECK(evidence.gotoItem((*written)[2].sop_class_uid.c_str(), (*written)[2].sop_instance_uid.c_str())
              .good());
}

TEST_CASE("a negative report says so and has no measurement group") {
    SyntheticStudy study;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "(111241,DCM,\"All algorithms succeeded; without findings\")"));
    CHECK(has(text, "=(272519000,SCT,\"Absent\")"));
    CHECK(has(text, "No pathologic calcification found"));
    CHECK_FALSE(has(text, "Measurement Group"));
}

TEST_CASE("an indeterminate finding is undetermined, never present") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.outcome.findings->verdict = Verdict::indeterminate;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "=(373068000,SCT,\"Undetermined\")"));
    CHECK_FALSE(has(text, "\"Present\""));
    OFString description;
    document.getSeriesDescription(description);
    CHECK(description == "CALC INDETERMINATE");
}

TEST_CASE("key objects are the image that shows each deposit best, and the figure") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.add_deposit({12, 20, 4}, {2, 3, 0});
    const auto written = study.write();
    REQUIRE(written);
    DSRDocument document;
    const auto text = printed(study.out("ko.dcm"), document);
    CHECK(has(text, "(113000,DCM,\"Of Interest\")"));
    CHECK(has(text, study.source.slices[12].sop_instance_uid));
    CHECK(has(text, study.source.slices[4].sop_instance_uid));
    CHECK(has(text, (*written)[1].sop_instance_uid));
    CHECK(document.getCurrentRequestedProcedureEvidence().getNumberOfInstances() == 3);
}

TEST_CASE("a level without a name is coded as some vertebra") {
    CHECK(std::string(codes::vertebra_of_level("uncertain").value) == "51282000");
    CHECK(std::string(codes::vertebra_of_level("C44").value) == "51282000");
    CHECK(std::string(codes::vertebra_of_level("C3").value) == "113205007");
    CHECK(std::string(codes::vertebra_of_level("S1").value) == "65985001");
}
