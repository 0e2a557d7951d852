#include <doctest/doctest.h>

#include "report/algorithm.hpp"
#include "report/change_wording.hpp"
#include "report/codes.hpp"
#include "report/comparison.hpp"
#include "report/report.hpp"

using namespace calcinode;
using namespace calcinode::report;

namespace {

Deposit deposit(int id, const std::string& level, Compartment compartment, Side side, double volume_mm3) {
    Deposit d;
    d.id = id;
    d.level = level;
    d.compartment = compartment;
    d.side = side;
    d.volume_mm3 = volume_mm3;
    return d;
}

PriorResult prior(std::vector<PriorDeposit> deposits) {
    PriorResult result;
    result.of = {.patient_id = "P", .issuer = "", .study_uid = "1.2", .date = "20250102", .time = "120000"};
    result.analysis = analysis_text();
    result.deposits = std::move(deposits);
    return result;
}

Findings findings_in_view(std::vector<Deposit> deposits) {
    Findings findings;
    findings.deposits = std::move(deposits);
    for (const char* level : {"C2", "C3", "C4", "C5", "C6", "C7", "T1"}) {
        Vertebra v;
        v.level = level;
        findings.spine.vertebrae.push_back(v);
    }
    return findings;
}

constexpr auto facet = Compartment::facet, paraspinal = Compartment::paraspinal;

}  // namespace

TEST_CASE("a deposit's change is progression from more than a quarter on") {
    for (const auto& [now, trend] : {std::pair{1400.0, Trend::progression},
                                     {1251.0, Trend::progression},
                                     {1250.0, Trend::stable},
                                     {1100.0, Trend::stable},
                                     {750.0, Trend::stable},
                                     {749.0, Trend::regression}}) {
        const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, now)}),
                                   prior({{"C4", facet, Side::left, 1000}}));
        REQUIRE(found.matched.size() == 1);
        CHECK(found.matched[0].percent == doctest::Approx(now / 10 - 100));
        CHECK(found.matched[0].trend == trend);
        CHECK(found.trend == trend);
    }
}

TEST_CASE("deposits are told apart by side, level and compartment") {
    const auto now = deposit(1, "C4", facet, Side::left, 1000);
    const auto counterparts = [&](const PriorDeposit& then) {
        return compare(findings_in_view({now}), prior({then})).matched.size();
    };
    CHECK(counterparts({"C5", facet, Side::left, 900}) == 1);
    CHECK(counterparts({"C4", paraspinal, Side::left, 900}) == 1);
    CHECK(counterparts({"C5", paraspinal, Side::left, 900}) == 0);
    CHECK(counterparts({"C6", facet, Side::left, 900}) == 0);
    CHECK(counterparts({"C4", facet, Side::right, 900}) == 0);
    CHECK(counterparts({"C4", facet, Side::midline, 900}) == 1);
    CHECK(counterparts({"C5", facet, Side::midline, 900}) == 0);
    CHECK(counterparts({"uncertain", facet, Side::left, 900}) == 0);
    CHECK(counterparts({"C4", std::nullopt, Side::left, 900}) == 0);
    CHECK(counterparts({"C4", facet, Side::left, 0}) == 0);
}

TEST_CASE("the nearest place wins, then the nearest volume, and none counts twice") {
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 2000),
                                                 deposit(2, "C5", facet, Side::left, 1000)}),
                               prior({{"C5", facet, Side::left, 1900}, {"C4", facet, Side::left, 1800}}));
    REQUIRE(found.of(1));
    REQUIRE(found.of(2));
    CHECK(found.of(1)->prior_volume_mm3 == 1800);
    CHECK(found.of(2)->prior_volume_mm3 == 1900);
    CHECK(found.of(2)->trend == Trend::regression);
    CHECK(found.percent == doctest::Approx((3000.0 / 3700 - 1) * 100));
}

TEST_CASE("a deposit is tracked by the UID of its counterpart, a new one by its own") {
    auto then = prior({{"C4", facet, Side::left, 1000}});
    then.deposits[0].tracking_uid = "1.2.3";
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 1100),
                                                 deposit(2, "C6", facet, Side::left, 500)}),
                               then);
    CHECK(tracking_uid("identity", 1, &found) == "1.2.3");
    CHECK(tracking_uid("identity", 2, &found) == tracking_uid("identity", 2));
    CHECK(tracking_uid("identity", 1) != "1.2.3");
}

TEST_CASE("what is new, gone or out of view is told apart and never counted as change of another") {
    auto then = prior({{"C4", facet, Side::left, 1000},
                       {"C6", facet, Side::right, 300},
                       {"T5", facet, Side::right, 4000},
                       {"uncertain", facet, Side::left, 50}});
    then.levels_in_view = {"C3", "C4", "C5", "C6"};
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 1100),
                                                 deposit(2, "T1", facet, Side::right, 500)}),
                               then);
    CHECK(found.unmatched == std::vector<int>{2});
    CHECK(found.unplaced == std::vector<int>{2});
    CHECK(found.fresh.empty());
    CHECK(found.gone.size() == 1);
    CHECK(found.not_comparable.size() == 2);
    CHECK(found.prior_volume_mm3 == 1300);
    CHECK(found.volume_mm3 == 1100);
    CHECK(comparison_lines(found) ==
          std::vector<std::string>{"Volume -15 % since the result of 2025-01-02: stable",
                                   "1 deposit at levels that were not in its view, or without a name",
                                   "1 deposit of that time, 0.30 ml, not found now",
                                   "2 deposits of that time at levels not in view now, or without a name"});
}

TEST_CASE("a new mass beside an old deposit that is unchanged is progression, and told first") {
    auto then = prior({{"C4", facet, Side::left, 1000}});
    then.levels_in_view = {"C3", "C4", "C5", "C6"};
    const auto found = compare(findings_in_view({deposit(1, "C6", facet, Side::right, 8000),
                                                 deposit(2, "C4", facet, Side::left, 990)}),
                               then);
    CHECK(found.trend == Trend::progression);
    CHECK(found.percent == doctest::Approx(799));
    REQUIRE(found.of(2));
    CHECK(found.of(2)->trend == Trend::stable);
    CHECK(std::string(codes::trend_of_all(found).value) == "CALC030");
    CHECK(comparison_lines(found) ==
          std::vector<std::string>{"1 new deposit, 8.00 ml, since the result of 2025-01-02: progression",
                                   "Volume of all +799 %, from 1.00 to 8.99 ml"});
}

TEST_CASE("a new deposit is progression where another has gone, whatever the sum says") {
    const auto found = compare(findings_in_view({deposit(1, "C6", facet, Side::right, 1000)}),
                               prior({{"C3", facet, Side::left, 1000}}));
    CHECK(found.trend == Trend::progression);
    CHECK(found.percent == doctest::Approx(0));
    CHECK(std::string(codes::trend_of_all(found).value) == "CALC034");
    CHECK(comparison_lines(found) ==
          std::vector<std::string>{
              "1 new deposit, 1.00 ml, since the result of 2025-01-02 (or not in its view): progression",
              "Volume of all 0 %, from 1.00 to 1.00 ml", "1 deposit of that time, 1.00 ml, not found now"});
}

TEST_CASE("a new deposit of less than 0.1 ml counts in the sum and is no progression by itself") {
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 1000),
                                                 deposit(2, "C6", facet, Side::right, 99)}),
                               prior({{"C4", facet, Side::left, 1000}}));
    CHECK(found.trend == Trend::stable);
    CHECK(found.volume_mm3 == 1099);
    CHECK(comparison_lines(found)[1] == "1 new deposit of less than 0.1 ml");
}

TEST_CASE("a deposit that has split, fused or moved across the middle is neither new nor gone") {
    const auto split = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 550),
                                                 deposit(2, "C5", facet, Side::left, 500)}),
                               prior({{"C4", facet, Side::left, 1000}}));
    CHECK(split.matched.empty());
    CHECK(split.fresh.empty());
    CHECK(split.trend == Trend::stable);
    REQUIRE(split.regrouped.size() == 1);
    CHECK(split.regrouped[0].deposit_ids == std::vector<int>{1, 2});
    CHECK(comparison_lines(split) ==
          std::vector<std::string>{
              "Volume +5 % since the result of 2025-01-02: stable",
              "2 deposits can't be compared one by one with 1 of that time: together from 1.00 to 1.05 ml"});

    const auto fused = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 2100)}),
                               prior({{"C4", facet, Side::left, 1000}, {"C5", facet, Side::left, 1000}}));
    CHECK(fused.gone.empty());
    CHECK(fused.percent == doctest::Approx(5));
    CHECK(fused.trend == Trend::stable);

    const auto moved = compare(findings_in_view({deposit(1, "C5", paraspinal, Side::midline, 1000)}),
                               prior({{"C4", facet, Side::left, 1000}}));
    CHECK(moved.fresh.empty());
    CHECK(moved.gone.empty());
    CHECK(moved.trend == Trend::stable);
}

TEST_CASE("what only lies near a change is not taken for its other part") {
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 2000),
                                                 deposit(2, "C5", facet, Side::left, 1000)}),
                               prior({{"C4", facet, Side::left, 1000}}));
    CHECK(found.regrouped.empty());
    REQUIRE(found.matched.size() == 1);
    CHECK(found.matched[0].trend == Trend::progression);
    CHECK(found.new_count() == 1);
    const auto far = compare(findings_in_view({deposit(1, "C3", facet, Side::left, 2000)}),
                             prior({{"C3", facet, Side::left, 1000}, {"C6", facet, Side::left, 1000}}));
    CHECK(far.regrouped.empty());
    CHECK(far.gone.size() == 1);
}

TEST_CASE("where there was nothing before, a deposit is new and no percentage is stated") {
    const auto found = compare(findings_in_view({deposit(1, "C4", facet, Side::left, 1000)}), prior({}));
    CHECK(found.trend == Trend::progression);
    CHECK_FALSE(found.percent);
    CHECK(comparison_lines(found).size() == 1);
}

TEST_CASE("without anything to compare no trend is stated") {
    const auto found = compare(findings_in_view({}), prior({}));
    CHECK_FALSE(found.trend);
    CHECK(comparison_lines(found) == std::vector<std::string>{"No deposit in the result of 2025-01-02"});
}

TEST_CASE("a prior is of the same patient, of another study, and earlier") {
    const PatientStudy now{
        .patient_id = "P", .issuer = "H", .study_uid = "1.2", .date = "20260102", .time = "10"};
    const auto is_prior = [&](auto change) {
        PatientStudy then{
            .patient_id = "P", .issuer = "H", .study_uid = "1.1", .date = "20250102", .time = "12"};
        change(then);
        return is_prior_of(then, now);
    };
    CHECK(is_prior([](PatientStudy&) {}));
    CHECK(is_prior([](PatientStudy& s) { s.date = "20260102", s.time = "0959"; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.date = "20260102"; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.date = "20270102"; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.date = ""; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.patient_id = "Q"; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.issuer = ""; }));
    CHECK_FALSE(is_prior([](PatientStudy& s) { s.study_uid = "1.2"; }));
    CHECK_FALSE(
        is_prior_of({.patient_id = "", .issuer = "", .study_uid = "1", .date = "20250102", .time = ""},
                    {.patient_id = "", .issuer = "", .study_uid = "2", .date = "20260102", .time = ""}));
}

TEST_CASE("a change since the result of another version of the method is told with that") {
    const std::string told =
        "The earlier result is by another version of the method: some of the change may come from that";
    auto earlier = prior({{.level = "C4", .compartment = facet, .side = Side::left, .volume_mm3 = 1000}});
    const auto findings = findings_in_view({deposit(1, "C4", facet, Side::left, 1500)});
    CHECK(comparison_lines(compare(findings, earlier)).back() != told);
    for (const char* other : {"analysis 0", ""}) {
        earlier.analysis = other;
        CHECK(comparison_lines(compare(findings, earlier)).back() == told);
    }
}
