#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmsr/dsrdoc.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "report/codes.hpp"
#include "report/synthetic_study.hpp"
#include "report/wording.hpp"

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
    CHECK(has(text, "(CALC016,99CALC,\"Sum of partial voxel shares\")"));
    CHECK(has(text, tracking_uid(result_identity(study.source, "rule"), 1)));
    CHECK(has(text, "(246112005,SCT,\"Severity\")=(255604002,SCT,\"Mild\")"));
    CHECK(has(text, "=(RID49482,RADLEX,\"ACR Category 3 Actionable Finding\")"));
    CHECK(has(text, "Deposit 1: C4, canal, left, "));
    CHECK(has(text, "takes 33 % of the canal's cross-section, certainty 87 %."));
    CHECK(has(text, "(111242,DCM,\"All algorithms succeeded; with findings\")"));
    CHECK(has(text, "=(52101004,SCT,\"Present\")"));
    CHECK(has(text, "unverified, preliminary, not for primary diagnosis"));
}

TEST_CASE("a fluid level is told with its deposit, and only there") {
    SyntheticStudy study;
    auto& deposit = study.add_deposit({40, 41, 12}, {6, 5, 3});
    CHECK(deposit_words(deposit).find("fluid") == std::string::npos);
    deposit.volume_mm3 = 4000;
    deposit.fluid_mm3 = 2450;
    CHECK(has(deposit_words(deposit), "4.00 ml with a fluid level (2.45 ml of it fluid), mean "));
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
    CHECK(has(text, "(246112005,SCT,\"Severity\")=(260413007,SCT,\"None\")"));
    CHECK_FALSE(has(text, "RADLEX"));
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

TEST_CASE("a severe finding is one that somebody must know within hours") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.outcome.findings->severity = Severity::severe;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "(246112005,SCT,\"Severity\")=(24484000,SCT,\"Severe\")"));
    CHECK(has(text, "(CALC012,99CALC,\"Actionability\")=(RID49481,RADLEX,\"ACR Category 2"));
    CHECK(has(text, "Severity severe (actionable finding, ACR category 2)."));
}

TEST_CASE("what was looked at and not reported stands in the report in codes and words") {
    SyntheticStudy study;
    auto& excluded = study.outcome.findings->excluded;
    excluded = {{.mimic = Mimic::osteophyte},
                {.mimic = Mimic::facet_hypertrophy},
                {.mimic = Mimic::osteophyte},
                {.mimic = Mimic::too_small},
                {.mimic = Mimic::outside_body}};
    excluded.push_back({.mimic = Mimic::nuchal_ligament, .level = "C5", .could_be_deposit = true});
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "(CALC014,99CALC,\"Dense structure that could be a deposit\")=(CALC108,99CALC,"));
    CHECK(has(text,
              "(CALC013,99CALC,\"Dense structure that is not reported, taken for\")=(CALC103,99CALC,"
              "\"osteophyte\")"));
    CHECK(has(text,
              "Could be a deposit: ossification of the nuchal ligament (1, C5 (80 %)). "
              "Looked at and not reported, taken for: osteophyte (2), facet hypertrophy (1)."));
    CHECK_FALSE(has(text, "CALC127"));
}

TEST_CASE("where the vessels have no contrast medium nothing is said of it") {
    for (const bool contrast : {true, false}) {
        SyntheticStudy study;
        study.outcome.findings->excluded = {{.mimic = Mimic::contrast_in_vessel}};
        study.outcome.findings->spine.contrast = contrast;
        REQUIRE(study.write());
        DSRDocument document;
        const auto text = printed(study.out("sr.dcm"), document);
        CHECK(has(text, contrast ? "=(CALC119,99CALC,\"contrast medium in a vessel\")"
                                 : "=(CALC119,99CALC,\"vessel or other soft tissue of moderate density\")"));
        CHECK(has(text, "contrast medium in a vessel (1)") == contrast);
    }
}

TEST_CASE("a severe finding's reason is told, and its deposit comes first among the key images") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3}).level = "C6";
    auto& grave = study.add_deposit({12, 20, 4}, {2, 3, 0});
    grave.compartment = Compartment::canal;
    grave.canal_occupied_percent = 40.2;
    study.outcome.findings->severity = Severity::severe;
    study.outcome.findings->severity_reason = SeverityReason::canal_share;
    study.outcome.findings->leading_id = 2;
    REQUIRE(study.write());
    DSRDocument report, key_objects;
    CHECK(has(printed(study.out("sr.dcm"), report),
              "Severity severe: C4, 40 % of the canal taken (actionable finding, ACR category 2)."));
    const auto text = printed(study.out("ko.dcm"), key_objects);
    CHECK(text.find(study.source.slices[4].sop_instance_uid) <
          text.find(study.source.slices[12].sop_instance_uid));
}

TEST_CASE("a level that is not sure is told with its confidence, its code stays") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3}).level_confidence = 0.774;
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(has(text, "Deposit 1: C4 (77 %), facet, left, "));
    CHECK(has(text, "1 deposit of"));
    CHECK(has(text, "(C4 (77 %), facet, left)"));
    CHECK(has(text, "(5329002,SCT,\"C4 vertebra\")"));
}

TEST_CASE(
    "names of vertebrae that are uncertain are told by themselves, the lack of landmarks where it is the "
    "cause") {
    SyntheticStudy study;
    auto& spine = study.outcome.findings->spine;
    for (const auto n : {1U, 2U}) {
        spine.vertebrae[n].alternatives = {{spine.vertebrae[n].level, 0.6}};
        spine.vertebrae[n].level = "uncertain";
    }
    const auto words = [&] {
        REQUIRE(study.write());
        DSRDocument document;
        return printed(study.out("sr.dcm"), document);
    };
    CHECK(has(words(), "Names of vertebrae are uncertain: no landmark supports one."));
    spine.landmarks = {{"dens", "C2", {}}};
    CHECK(has(words(), "Names of 2 of 3 vertebrae are uncertain: C4-C5."));
}

TEST_CASE("what limits the result stands in the report in codes and words") {
    SyntheticStudy study(SeriesPlan{.spacing_mm = {0.7, 0.9, 3.5}});
    auto& findings = *study.outcome.findings;
    findings.excluded = {{.mimic = Mimic::metal}, {.mimic = Mimic::metal_streak}};
    findings.spine.vertebrae[0].level = "uncertain";
    findings.spine.contrast = true;
    findings.motion = {{{0, 0, 42.5}, 3}, {{0, 0, 80}, 4.2}};
    study.outcome.remarks = {"1 of 24 slices is missing; filled by linear interpolation"};
    REQUIRE(study.write());
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    for (const auto* const code :
         {"(RID11327,RADLEX", "(CALC201,", "(CALC202,", "(CALC203,", "(CALC204,", "(CALC205,", "(CALC206,"})
        CHECK(has(text, std::string("(111052,DCM,\"Quality Finding\")=") + code));
    CHECK(has(text, "\"1 of 24 slices is missing; filled by linear interpolation.\""));
    CHECK(has(
        text,
        "The patient moved by about 4 mm between two images (z 80.0 mm), and less at 1 more place: what lies "
        "there can't be measured."));
}

TEST_CASE("a result without limits has no quality finding") {
    SyntheticStudy study;
    REQUIRE(study.write());
    DSRDocument document;
    CHECK_FALSE(has(printed(study.out("sr.dcm"), document), "Quality Finding"));
}

TEST_CASE("a later revision names the report it replaces, and says so") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    const auto first = study.write();
    REQUIRE(first);
    ReportOptions options;
    options.revision = 2;
    for (const auto& object : *first) options.earlier.push_back(*read_earlier(object.file));
    const auto second = study.write(options);
    REQUIRE(second);
    DSRDocument document;
    const auto text = printed(study.out("sr.dcm"), document);
    CHECK(document.getPredecessorDocuments().getNumberOfInstances() == 1);
    CHECK(document.getPredecessorDocuments()
              .gotoItem((*first)[0].sop_class_uid.c_str(), (*first)[0].sop_instance_uid.c_str())
              .good());
    CHECK(has(text, "=\"Revision 2 of the result of this study: it replaces the earlier ones. Pathologic"));
    for (std::size_t n = 0; n < first->size(); ++n)
        CHECK((*first)[n].sop_instance_uid != (*second)[n].sop_instance_uid);
    for (const auto* const name : {"sc-1.dcm", "seg.dcm"}) {
        DcmFileFormat format;
        REQUIRE(format.loadFile(study.out(name).c_str()).good());
        DcmItem* reference = nullptr;
        REQUIRE(
            format.getDataset()->findAndGetSequenceItem(DCM_ReferencedInstanceSequence, reference).good());
        OFString uid;
        reference->findAndGetOFString(DCM_ReferencedSOPInstanceUID, uid);
        CHECK(std::ranges::find(*first, std::string(uid.c_str()), &ReportObject::sop_instance_uid) !=
              first->end());
    }
}

TEST_CASE("series descriptions follow the configured pattern") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    ReportOptions options;
    options.series_description = "{kind} spine {verdict} {severity}";
    REQUIRE(study.write(options));
    DSRDocument document;
    printed(study.out("ko.dcm"), document);
    OFString description;
    document.getSeriesDescription(description);
    CHECK(description == "KEY IMAGES spine POSITIVE MILD");
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
