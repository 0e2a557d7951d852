#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;
using nlohmann::json;

TEST_CASE("result.json holds the findings, rounded to what they are worth") {
    SyntheticStudy study;
    auto& deposit = study.add_deposit({40, 41, 12}, {6, 5, 3});
    deposit.volume_mm3 = 1234.5678;
    deposit.centroid = {-0.001, 12.3456, -345.678};
    study.outcome.findings->excluded.push_back({"metal", 99.99, {1, 2, 3}});
    study.outcome.remarks = {"a gap was filled"};
    study.outcome.timing_s["analyse"] = 1.23456;
    study.outcome.series.push_back({study.source.series_uid, true, "thin axial", 24, {0.7, 0.9, 2.5}});
    const auto text = result_json(study.outcome, "identity");
    const auto result = json::parse(text);
    CHECK(result["schema"] == "calcinode.result/1");
    CHECK(result["status"] == "analysed");
    CHECK(result["verdict"] == "positive");
    const auto& lesion = result["lesions"][0];
    CHECK(lesion["volume_mm3"] == 1234.6);
    CHECK(lesion["mean_hu"] == 801.3);
    CHECK(lesion["centroid_lps_mm"] == json({0.0, 12.35, -345.68}));
    CHECK(lesion["tracking_uid"] == tracking_uid("identity", 1));
    CHECK(result["totals"]["count"] == 1);
    CHECK(result["excluded"][0]["reason"] == "metal");
    CHECK(result["series"][0]["selected"] == true);
    CHECK(result["spine"]["vertebrae"].size() == 3);
    CHECK(result["timing_s"]["analyse"] == 1.235);
    CHECK(text.find("-0.0,") == std::string::npos);
}

TEST_CASE("a study that was not analysed has a reason and no verdict") {
    StudyOutcome outcome;
    outcome.study_uid = "1.2.3";
    outcome.status = Status::not_applicable;
    outcome.reason_code = "no_spine_in_view";
    outcome.reason = "there is no spine in view";
    const auto result = json::parse(result_json(outcome, ""));
    CHECK(result["status"] == "not_applicable");
    CHECK(result["verdict"].is_null());
    CHECK(result["reason_code"] == "no_spine_in_view");
    CHECK(result["lesions"].empty());
    CHECK(result["totals"]["count"] == 0);
}

TEST_CASE("bytes that are not UTF-8 and numbers that are none do not break result.json") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {1, 1, 1}).sd_hu = std::numeric_limits<double>::quiet_NaN();
    study.outcome.remarks = {"series \"M\xfcller\""};
    const auto result = json::parse(result_json(study.outcome, "identity"));
    CHECK(result["lesions"][0]["sd_hu"] == 0.0);
    CHECK(result["remarks"].size() == 1);
}

TEST_CASE("the same outcome gives the same text") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    CHECK(result_json(study.outcome, "identity") == result_json(study.outcome, "identity"));
}
