#include <doctest/doctest.h>

#include "analysis/verdict.hpp"

using namespace calcinode;

namespace {

Deposit deposit(double volume_mm3, double confidence) {
    Deposit d;
    d.volume_mm3 = volume_mm3;
    d.confidence = confidence;
    return d;
}

}  // namespace

TEST_CASE("no deposit is negative") {
    CHECK(verdict_of({}) == Verdict::negative);
}

TEST_CASE("a sure deposit of 0.1 ml is positive") {
    CHECK(verdict_of({deposit(100, 0.9)}) == Verdict::positive);
}

TEST_CASE("only a smaller or an unsure one is indeterminate") {
    CHECK(verdict_of({deposit(99, 0.9)}) == Verdict::indeterminate);
    CHECK(verdict_of({deposit(500, 0.4)}) == Verdict::indeterminate);
}
