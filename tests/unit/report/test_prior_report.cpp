#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dctk.h>
#include <doctest/doctest.h>

#include <fstream>

#include "report/algorithm.hpp"
#include "report/prior_report.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

// Changes the report on disk.
template <class Change>
void change(const std::filesystem::path& file, Change&& how) {
    DcmFileFormat format;
    REQUIRE(format.loadFile(file.c_str()).good());
    format.loadAllDataIntoMemory();
    how(*format.getDataset());
    REQUIRE(format.saveFile(file.c_str(), EXS_LittleEndianExplicit).good());
}

}  // namespace

TEST_CASE("a report of ours is read back as it was meant") {
    SyntheticStudy study;
    auto& one = study.add_deposit({40, 41, 12}, {6, 5, 3});
    one.level = "C5";
    one.compartment = Compartment::foramen;
    one.side = Side::left;
    one.volume_mm3 = 1234.5;
    REQUIRE(study.write());
    const auto prior = read_prior(study.out("sr.dcm"));
    REQUIRE(prior);
    CHECK(prior->of.study_uid == study.source.study_uid);
    CHECK(prior->analysis == analysis_text());
    REQUIRE(prior->deposits.size() == 1);  // and not the total
    CHECK(prior->deposits[0].level == "C5");
    CHECK(prior->deposits[0].compartment == Compartment::foramen);
    CHECK(prior->deposits[0].side == Side::left);
    CHECK(prior->deposits[0].volume_mm3 == 1234.5);
    CHECK(prior->levels_in_view == std::vector<std::string>{"C3", "C4", "C5"});
    CHECK(prior->deposits[0].tracking_uid == tracking_uid(result_identity(study.source, "rule"), 1));
}

TEST_CASE("a tracking UID that two deposits bear names neither") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.add_deposit({20, 41, 12}, {4, 4, 3});
    REQUIRE(study.write());
    const auto file = study.out("sr.dcm");
    change(file, [](DcmDataset& d) {
        DcmStack stack;
        while (d.search(DCM_UID, stack, ESM_afterStackTop, OFTrue).good())
            static_cast<DcmElement*>(stack.top())->putString("1.2.3");
    });
    const auto prior = read_prior(file);
    REQUIRE(prior);
    REQUIRE(prior->deposits.size() == 2);
    for (const auto& deposit : prior->deposits) CHECK(deposit.tracking_uid.empty());
}

TEST_CASE("only what we made is read") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write());
    CHECK_FALSE(read_prior(study.out("seg.dcm")));
    CHECK_FALSE(read_prior(study.out("missing.dcm")));
    const auto file = study.out("sr.dcm");
    change(file, [](DcmDataset& d) { d.putAndInsertString(DCM_Manufacturer, "Another"); });
    CHECK_FALSE(read_prior(file));
    std::ofstream(study.out("junk.dcm")) << "no DICOM at all";
    CHECK_FALSE(read_prior(study.out("junk.dcm")));
}

TEST_CASE("a report with nonsense in it gives no deposit, and no harm") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write());
    const auto file = study.out("sr.dcm");
    const auto set_volume = [&](const char* text) {
        change(file, [&](DcmDataset& d) {
            DcmStack stack;
            while (d.search(DCM_NumericValue, stack, ESM_afterStackTop, OFTrue).good())
                static_cast<DcmElement*>(stack.top())->putString(text);
        });
    };
    for (const char* text : {"-5", "1e300", "nan", "", "lots"}) {
        set_volume(text);
        const auto prior = read_prior(file);
        REQUIRE(prior);
        CHECK(prior->deposits.empty());
    }
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    CHECK_FALSE(read_prior(file));
}
