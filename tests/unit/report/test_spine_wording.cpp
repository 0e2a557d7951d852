#include <doctest/doctest.h>

#include "report/spine_wording.hpp"
#include "report/wording.hpp"

using namespace calcinode;
using namespace calcinode::report;

namespace {

Vertebra named(const std::string& level, std::optional<double> hu = {}) {
    Vertebra vertebra;
    vertebra.level = level;
    vertebra.trabecular_hu = hu;
    return vertebra;
}

Vertebra uncertain(const std::string& likely, const std::string& other) {
    auto vertebra = named("uncertain");
    vertebra.alternatives = {{likely, 0.6}, {other, 0.352}};
    return vertebra;
}

Listhesis slip(const std::string& upper, const std::string& lower, double mm, double uncertainty_mm = 0.4) {
    return {upper, lower, 0, mm, uncertainty_mm, {}};
}

}  // namespace

TEST_CASE("a slip of 3 mm that is surely one is told as the case report tells it") {
    Spine spine;
    spine.vertebrae = {named("C3"), named("C4"), named("C5")};
    spine.listhesis = {slip("C3", "C4", 3.1), slip("C4", "C5", 2.9), slip("C5", "C6", -3.6),
                       slip("C6", "C7", 3.5, 1.2)};
    const auto told = spondylolistheses(spine);
    REQUIRE(told.size() == 2);
    CHECK(slip_words(spine, told[0]) == "C3/4 spondylolisthesis, 3 mm anterior");
    CHECK(slip_words(spine, told[1]) == "C5/6 spondylolisthesis, 4 mm posterior");
    CHECK(picture_slip(spine, told[1]) == "C5/6 slip 4 mm posterior");
    CHECK(segment_name("C7", "T1") == "C7/T1");
}

TEST_CASE("a name that is less sure than nine in ten is told with its confidence") {
    Deposit deposit;
    deposit.level = "T8";
    deposit.levels = {"T8"};
    deposit.level_confidence = 0.9;
    CHECK(level_text(deposit) == "T8");
    deposit.level_confidence = 0.774;
    CHECK(level_text(deposit) == "T8 (77 %)");
    CHECK(short_level_text(deposit) == "T8 (77 %)");
    deposit.levels = {"T7", "T8", "T9"};
    CHECK(level_text(deposit) == "T7-T9 (77 %)");
    deposit.level = "uncertain";
    deposit.alternatives = {{"T4", 0.6}, {"T5", 0.352}};
    CHECK(level_text(deposit) == "level uncertain: T4 (60 %) or T5 (35 %)");
}

TEST_CASE("the reason of a severity is told of the leading deposit") {
    Findings findings;
    findings.severity = Severity::severe;
    findings.severity_reason = SeverityReason::canal_share;
    findings.leading_id = 2;
    for (const auto& [id, level] : {std::pair{1, "C6"}, std::pair{2, "C4"}}) {
        Deposit deposit;
        deposit.id = id;
        deposit.level = level;
        deposit.volume_mm3 = 7000.0 / id;
        deposit.canal_occupied_percent = id == 2 ? 40 : 0;
        findings.deposits.push_back(deposit);
    }
    CHECK(severity_reason(findings) == "C4, 40 % of the canal taken");
    findings.severity_reason = SeverityReason::place;
    findings.deposits[1].compartment = Compartment::foramen;
    CHECK(severity_reason(findings) == "C4, in a foramen");
    findings.severity_reason = SeverityReason::volume;
    CHECK(severity_reason(findings) == "C4, 3.50 ml");
    findings.severity_reason = SeverityReason::none;
    CHECK(severity_reason(findings) == "");
}

TEST_CASE("an uncertain level is told with its alternatives") {
    Spine spine;
    spine.vertebrae = {uncertain("T4", "T5"), uncertain("T5", "T6"), uncertain("T6", "T7")};
    const auto& first = spine.vertebrae[0];
    CHECK(level_words(first.level, first.alternatives) == "level uncertain: T4 (60 %) or T5 (35 %)");
    CHECK(level_words("uncertain", {}) == "level uncertain");
    CHECK(level_words("C4", {}) == "C4");
    CHECK(short_level(first.level, first.alternatives) == "T4 or T5?");
    CHECK(picture_level(first) == "T4?");
    CHECK(picture_level(named("uncertain")) == "?");
    CHECK(extent_words(spine) == "3 vertebrae, levels uncertain: T4-T6 (60 %) or T5-T7 (35 %)");
    Spine mixed;
    mixed.vertebrae = {named("C6"), named("C7"), uncertain("T1", "T2")};
    CHECK(extent_words(mixed) == "C6-C7 (2 vertebrae); 1 vertebra, levels uncertain: T1 (60 %) or T2 (35 %)");
    CHECK(extent_words({}) == "no vertebra told apart");
    CHECK(slip_words(spine, slip("uncertain", "uncertain", 3.4)) ==
          "spondylolisthesis, 3 mm anterior, level uncertain: T4/5 (60 %) or T5/6 (35 %)");
    CHECK(picture_slip(spine, slip("uncertain", "uncertain", 3.4)) == "T4/5? slip 3 mm anterior");
    Deposit deposit;
    deposit.level = "uncertain";
    deposit.alternatives = first.alternatives;
    CHECK(level_text(deposit) == "level uncertain: T4 (60 %) or T5 (35 %)");
}

TEST_CASE("a slip between a sure name and an uncertain one says both") {
    Spine spine;
    spine.vertebrae = {named("C7"), uncertain("T1", "T2")};
    CHECK(slip_words(spine, slip("C7", "uncertain", 3.4)) ==
          "spondylolisthesis, 3 mm anterior, level uncertain: C7/T1 (60 %) or C7/T2 (35 %)");
}

TEST_CASE("improbable alternatives are not told") {
    auto vertebra = uncertain("T4", "T5");
    vertebra.alternatives = {{"T4", 0.95}, {"T5", 0.03}, {"T3", 0.02}};
    CHECK(level_words(vertebra.level, vertebra.alternatives) == "level uncertain: T4 (95 %)");
}

TEST_CASE("trabecular attenuation is told by region, and that contrast medium raises it") {
    Spine spine;
    spine.vertebrae = {named("C7", 300), named("T1", 200), named("T2"), named("T3", 220), named("S1", 50)};
    const auto means = trabecular_means(spine);
    REQUIRE(means.size() == 2);
    CHECK(trabecular_words(means[0], false) == "trabecular attenuation C7 300 HU (mean of 1 body)");
    CHECK(trabecular_words(means[1], false) == "trabecular attenuation T1-T3 210 HU (mean of 2 bodies)");
    CHECK(trabecular_words(means[1], true).ends_with("210 HU (mean of 2 bodies), raised by contrast medium"));
}

TEST_CASE("L1, which has published thresholds, is told by itself") {
    Spine spine;
    spine.vertebrae = {named("L1", 180), named("L2", 160)};
    CHECK(trabecular_words(trabecular_means(spine)[0], false) ==
          "trabecular attenuation L1-L2 170 HU (mean of 2 bodies), L1 180 HU");
}

TEST_CASE("a negative study's slip is told, its verdict stays negative") {
    Findings findings;
    findings.spine.vertebrae = {named("C3"), named("C4")};
    findings.spine.listhesis = {slip("C3", "C4", 4.1)};
    const auto words = conclusion(findings);
    CHECK(words.starts_with("No pathologic calcification found near the spine in the part examined. "));
    CHECK(words.find("C3/4 spondylolisthesis, 4 mm anterior. Finding of software") != std::string::npos);
}

TEST_CASE("the narrowest canal is that of a vertebra where it was measured") {
    Spine spine;
    CHECK(canal_words(spine).empty());
    spine.vertebrae = {named("C3"), named("C4"), named("C5")};
    spine.vertebrae[1].canal_area_mm2 = 210;
    spine.vertebrae[2].canal_area_mm2 = 160;
    CHECK(canal_words(spine) == "narrowest canal 160 mm2 at C5, of 2 measured");
}
