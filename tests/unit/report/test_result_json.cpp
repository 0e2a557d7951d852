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
    deposit.fluid_mm3 = 432.19;
    deposit.centroid = {-0.001, 12.3456, -345.678};
    study.outcome.findings->excluded.push_back({.mimic = Mimic::posterior_longitudinal_ligament,
                                                .volume_mm3 = 99.99,
                                                .mean_hu = 401.26,
                                                .max_hu = 912,
                                                .centroid = {1, 2, 3},
                                                .level = "C5",
                                                .could_be_deposit = true,
                                                .evidence = {{"canal", 0.51234, -1.5}}});
    study.outcome.remarks = {"a gap was filled"};
    study.outcome.timing_s["analyse"] = 1.23456;
    study.outcome.series.push_back({study.source.series_uid, true, "thin axial", 24, {0.7, 0.9, 2.5}});
    const auto text = result_json(study.outcome, "identity");
    const auto result = json::parse(text);
    CHECK(result["schema"] == "calcinode.result/1");
    CHECK(result["status"] == "analysed");
    CHECK(result["verdict"] == "positive");
    const auto& lesion = result["lesions"][0];
    CHECK(result["leading_lesion"] == 1);
    CHECK(lesion["level_confidence"] == 1.0);
    CHECK(lesion["volume_mm3"] == 1234.6);
    CHECK(lesion["fluid_mm3"] == 432.2);
    CHECK(lesion["mean_hu"] == 801.3);
    CHECK(lesion["centroid_lps_mm"] == json({0.0, 12.35, -345.68}));
    CHECK(lesion["tracking_uid"] == tracking_uid("identity", 1));
    CHECK(result["totals"]["count"] == 1);
    CHECK(result["severity"] == "mild");
    CHECK(result["acr_category"] == 3);
    CHECK(lesion["evidence"] == json::parse(R"([{"feature": "solidity", "value": 0.912, "log_odds": 2.5},
                                                {"feature": "mirror", "value": 0.1, "log_odds": -0.599}])"));
    CHECK(result["excluded"][0] == json::parse(R"({"mimic": "posterior_longitudinal_ligament",
                          "reason": "ossification of the posterior longitudinal ligament",
                          "volume_mm3": 100.0, "mean_hu": 401.3, "max_hu": 912.0,
                          "centroid_lps_mm": [1.0, 2.0, 3.0], "level": "C5", "could_be_deposit": true,
                          "evidence": [{"feature": "canal", "value": 0.512, "log_odds": -1.5}]})"));
    CHECK(result["series"][0]["selected"] == true);
    CHECK(result["spine"]["vertebrae"].size() == 3);
    CHECK(result["timing_s"]["analyse"] == 1.235);
    CHECK(text.find("-0.0,") == std::string::npos);
}

TEST_CASE(
    "result.json holds the spine: bodies with their frames, slips, landmarks and where names are uncertain") {
    SyntheticStudy study;
    auto& spine = study.outcome.findings->spine;
    auto& vertebra = spine.vertebrae[1];
    vertebra.level = "uncertain";
    vertebra.confidence = 0.6004;
    vertebra.alternatives = {{"T4", 0.6004}, {"T5", 0.35}};
    vertebra.upper_endplate = {1, 2, 3.004};
    vertebra.depth_mm = 16.789;
    vertebra.canal_area_mm2 = 234.56;
    spine.vertebrae[2].trabecular_hu.reset();
    spine.listhesis.push_back({"uncertain", "C5", 1, -3.456, 0.421, {4, 5, 6}});
    spine.listhesis.push_back({"C5", "C6", 2, 3.2, 1.2, {4, 5, 6}});
    spine.landmarks.push_back({"first rib", "T1", {7, 8, 9}});
    spine.regions = {"cervical", "thoracic"};
    spine.contrast = true;
    auto& deposit = study.add_deposit({40, 41, 12}, {6, 5, 3});
    deposit.level = "uncertain";
    deposit.alternatives = vertebra.alternatives;

    const auto result = json::parse(result_json(study.outcome, "identity"));
    const auto& one = result["spine"]["vertebrae"][1];
    CHECK(one["level"] == "uncertain");
    CHECK(one["alternatives"] == json::parse(R"([{"level": "T4", "probability": 0.6},
                                                 {"level": "T5", "probability": 0.35}])"));
    CHECK(one["upper_endplate_lps_mm"] == json({1.0, 2.0, 3.0}));
    CHECK(one["axes"] == json::parse(R"({"down": [0.0, 0.0, -1.0], "left": [1.0, 0.0, 0.0],
                                         "back": [0.0, 1.0, 0.0]})"));
    CHECK(one["depth_mm"] == 16.79);
    CHECK(one["canal_area_mm2"] == 234.6);
    CHECK(result["spine"]["vertebrae"][0]["alternatives"].empty());
    CHECK(result["spine"]["vertebrae"][0]["canal_area_mm2"].is_null());
    CHECK(result["spine"]["vertebrae"][2]["trabecular_hu"].is_null());
    CHECK(result["spine"]["listhesis"] ==
          json::parse(R"([{"upper": "uncertain", "lower": "C5", "upper_index": 1, "slip_mm": -3.46,
                           "uncertainty_mm": 0.42, "place_lps_mm": [4.0, 5.0, 6.0],
                           "reported": true},
                          {"upper": "C5", "lower": "C6", "upper_index": 2, "slip_mm": 3.2,
                           "uncertainty_mm": 1.2, "place_lps_mm": [4.0, 5.0, 6.0],
                           "reported": false}])"));
    CHECK(result["spine"]["landmarks"] ==
          json::parse(R"([{"name": "first rib", "level": "T1", "place_lps_mm": [7.0, 8.0, 9.0]}])"));
    CHECK(result["spine"]["regions"] == json({"cervical", "thoracic"}));
    CHECK(result["spine"]["contrast"] == true);
    CHECK(result["lesions"][0]["alternatives"] == one["alternatives"]);
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
    CHECK(result["severity"].is_null());
    CHECK(result["acr_category"].is_null());
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
