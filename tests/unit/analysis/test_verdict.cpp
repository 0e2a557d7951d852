#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "analysis/verdict.hpp"

using namespace calcinode;

namespace {

const VerdictRule usual;

Deposit deposit(double volume_mm3, double confidence, Compartment compartment = Compartment::facet,
                double canal_percent = 0) {
    Deposit d;
    d.volume_mm3 = volume_mm3;
    d.confidence = confidence;
    d.compartment = compartment;
    d.canal_occupied_percent = canal_percent;
    return d;
}

Verdict verdict(const std::vector<Deposit>& deposits, const std::vector<Excluded>& excluded = {},
                const VerdictRule& rule = usual) {
    return verdict_of(deposits, excluded, rule);
}

Severity severity(Compartment compartment, double volume_mm3, double canal_percent, double confidence = 0.9) {
    return severity_of({deposit(volume_mm3, confidence, compartment, canal_percent)}, usual);
}

}  // namespace

TEST_CASE("no deposit is negative") {
    CHECK(verdict({}) == Verdict::negative);
    CHECK(severity_of({}, usual) == Severity::none);
}

TEST_CASE("a sure deposit of 0.1 ml is positive, in front of the spine as well") {
    CHECK(verdict({deposit(100, 0.9)}) == Verdict::positive);
    CHECK(verdict({deposit(100, 0.5, Compartment::prevertebral)}) == Verdict::positive);
}

TEST_CASE("only a smaller or an unsure one is indeterminate") {
    CHECK(verdict({deposit(99, 0.9)}) == Verdict::indeterminate);
    CHECK(verdict({deposit(500, 0.4)}) == Verdict::indeterminate);
    CHECK(verdict({deposit(99, 0.9), deposit(500, 0.4)}) == Verdict::indeterminate);
}

TEST_CASE("one that is hardly believed leaves the study negative") {
    CHECK(verdict({deposit(500, 0.19)}) == Verdict::negative);
}

TEST_CASE("something excluded that could be a deposit is never silent") {
    const Excluded facet{.mimic = Mimic::facet_hypertrophy, .volume_mm3 = 900};
    const Excluded ligament{
        .mimic = Mimic::posterior_longitudinal_ligament, .volume_mm3 = 900, .could_be_deposit = true};
    CHECK(verdict({}, {facet}) == Verdict::negative);
    CHECK(verdict({}, {facet, ligament}) == Verdict::indeterminate);
    CHECK(verdict({deposit(200, 0.9)}, {ligament}) == Verdict::positive);
}

TEST_CASE("the rule's thresholds decide") {
    VerdictRule strict;
    strict.positive_confidence = 0.95;
    CHECK(verdict({deposit(100, 0.9)}, {}, strict) == Verdict::indeterminate);
    VerdictRule coarse;
    coarse.positive_volume_mm3 = 1000;
    CHECK(verdict({deposit(500, 0.9)}, {}, coarse) == Verdict::indeterminate);
}

TEST_CASE("severity grows with what is taken of the canal") {
    CHECK(severity(Compartment::facet, 500, 9) == Severity::mild);
    CHECK(severity(Compartment::facet, 500, 10) == Severity::moderate);
    CHECK(severity(Compartment::canal, 100, 5) == Severity::moderate);
    CHECK(severity(Compartment::foramen, 100, 0) == Severity::moderate);
    CHECK(severity(Compartment::canal, 60, 10) == Severity::moderate);
    CHECK(severity(Compartment::canal, 60, 35) == Severity::severe);
}

TEST_CASE("what may be an osteophyte, by its size, is not grave by its place alone, and does not lead") {
    CHECK(severity(Compartment::canal, 99, 5) == Severity::mild);
    CHECK(severity(Compartment::foramen, 99, 0) == Severity::mild);
    const std::vector<Deposit> deposits{deposit(1300, 0.9), deposit(60, 0.8, Compartment::canal, 5)};
    CHECK(leading_of(deposits, usual).deposit == &deposits[0]);
}

TEST_CASE("a large mass beside the spine is moderate, in front of it mild whatever its volume") {
    CHECK(severity(Compartment::facet, 5000, 0) == Severity::moderate);
    CHECK(severity(Compartment::paraspinal, 4999, 0) == Severity::mild);
    CHECK(severity(Compartment::prevertebral, 50000, 0) == Severity::mild);
}

TEST_CASE("what is not sure has no severity, and the gravest deposit gives the study's") {
    CHECK(severity(Compartment::canal, 500, 50, 0.4) == Severity::none);
    CHECK(severity_of({deposit(900, 0.9), deposit(200, 0.9, Compartment::canal, 40), deposit(500, 0.9)},
                      usual) == Severity::severe);
}

TEST_CASE("the leading deposit is the one that gives the severity, not the largest") {
    const std::vector<Deposit> deposits{deposit(2990, 0.9, Compartment::paraspinal),
                                        deposit(400, 0.9, Compartment::canal, 40)};
    const auto leading = leading_of(deposits, usual);
    CHECK(leading.deposit == &deposits[1]);
    CHECK(leading.reason == SeverityReason::canal_share);
}

TEST_CASE("of deposits as grave the one that takes most of the canal leads, then the largest") {
    const std::vector<Deposit> taking{deposit(900, 0.9, Compartment::canal, 40),
                                      deposit(400, 0.9, Compartment::canal, 60)};
    CHECK(leading_of(taking, usual).deposit == &taking[1]);
    // Less than what is surely in the canal does not count.
    const std::vector<Deposit> mild{deposit(900, 0.9), deposit(400, 0.9, Compartment::facet, 9)};
    CHECK(leading_of(mild, usual).deposit == &mild[0]);
    CHECK(leading_of(mild, usual).reason == SeverityReason::none);
}

TEST_CASE("what is not sure leads only where nothing is") {
    const std::vector<Deposit> deposits{deposit(900, 0.4, Compartment::canal, 60), deposit(400, 0.9)};
    CHECK(leading_of(deposits, usual).deposit == &deposits[1]);
    CHECK(leading_of({deposits.data(), deposits.data() + 1}, usual).reason == SeverityReason::canal_share);
    CHECK_FALSE(leading_of({}, usual).deposit);
}

TEST_CASE("the reason of a severity is the canal's share, the place or the volume") {
    const auto reason = [](const Deposit& d) { return leading_of({d}, usual).reason; };
    CHECK(reason(deposit(60, 0.9, Compartment::facet, 10)) == SeverityReason::canal_share);
    CHECK(reason(deposit(100, 0.9, Compartment::foramen)) == SeverityReason::place);
    CHECK(reason(deposit(5000, 0.9, Compartment::paraspinal)) == SeverityReason::volume);
    CHECK(reason(deposit(50000, 0.9, Compartment::prevertebral)) == SeverityReason::none);
}

TEST_CASE("each threshold is part of a rule's identity, and the same values give the same") {
    std::set<std::string> identities{identity_of(usual)};
    for (double VerdictRule::*threshold :
         {&VerdictRule::positive_confidence, &VerdictRule::positive_volume_mm3,
          &VerdictRule::indeterminate_confidence, &VerdictRule::severe_canal_percent,
          &VerdictRule::moderate_canal_percent, &VerdictRule::moderate_volume_mm3}) {
        VerdictRule other;
        other.*threshold += 1e-9;
        identities.insert(identity_of(other));
    }
    CHECK(identities.size() == 7);
    CHECK(identity_of(VerdictRule{}) == identity_of(usual));
}

TEST_CASE("every mimic has a code and words of its own") {
    std::set<std::string_view> codes, words;
    for (int n = 0; n <= static_cast<int>(Mimic::other); ++n) {
        codes.insert(to_string(static_cast<Mimic>(n)));
        words.insert(in_words(static_cast<Mimic>(n)));
    }
    CHECK(codes.size() == static_cast<std::size_t>(Mimic::other) + 1);
    CHECK(words.size() == codes.size());
}
