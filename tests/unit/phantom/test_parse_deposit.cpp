#include <doctest/doctest.h>

#include "phantom/phantom.hpp"

using namespace calcinode;
using namespace calcinode::phantom;

TEST_CASE("a deposit is read from LEVEL:SITE:ML:HU") {
    const auto deposit = parse_deposit("C4:facet_left:2.5:700");
    REQUIRE(deposit);
    CHECK(deposit->level == "C4");
    CHECK(deposit->site == "facet_left");
    CHECK(deposit->volume_ml == 2.5);
    CHECK(deposit->hu == 700);
}

TEST_CASE("a mistake in a deposit is named together with what is allowed") {
    const auto says = [](const char* text, const char* part) {
        CAPTURE(text);
        const auto deposit = parse_deposit(text);
        REQUIRE_FALSE(deposit);
        CHECK(deposit.error().what.find(part) != std::string::npos);
    };
    says("", "LEVEL:SITE:ML:HU");
    says("C4:facet_left:2", "LEVEL:SITE:ML:HU");
    says("C4:facet_left:2:700:9", "LEVEL:SITE:ML:HU");
    says("L4:facet_left:2:700", "C2, C3");
    says("C4:facet:2:700", "facet_left, facet_right");
    says("C4:facet_left:0:700", "0.02 to 60 ml");
    says("C4:facet_left:2ml:700", "0.02 to 60 ml");
    says("C4:facet_left:nan:700", "0.02 to 60 ml");
    says("C4:facet_left:2:9999", "100 to 3000 HU");
}
