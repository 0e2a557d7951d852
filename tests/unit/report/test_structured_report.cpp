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
    CHECK(has(text, tracking_uid(result_identity(study.source), 1)));
    CHECK(has(text, "(111242,DCM,\"All algorithms succeeded; with findings\")"));
    CHECK(has(text, "=(52101004,SCT,\"Present\")"));
    CHECK(has(text, "unverified, preliminary, not for primary diagnosis"));
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
