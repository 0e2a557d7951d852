#include <doctest/doctest.h>

#include "base/placeholders.hpp"

using namespace calcinode;

TEST_CASE("placeholders are filled in") {
    const Placeholders values{{"verdict", "POSITIVE"}, {"kind", ""}, {"odd", "{verdict}"}};
    CHECK(filled_in("CALC {verdict} {kind}", values).value() == "CALC POSITIVE ");
    CHECK(filled_in("{verdict}{verdict}", values).value() == "POSITIVEPOSITIVE");
    CHECK(filled_in("a {{{verdict}}} b", values).value() == "a {POSITIVE} b");
    CHECK(filled_in("plain", values).value() == "plain");
    CHECK(filled_in("", values).value().empty());
    CHECK(filled_in("{odd}", values).value() == "{verdict}");  // a value is no pattern
}

TEST_CASE("an empty value leaves no gap where one space is enough") {
    CHECK(single_spaced("CALC POSITIVE ") == "CALC POSITIVE");
    CHECK(single_spaced("  CALC   POSITIVE") == "CALC POSITIVE");
    CHECK(single_spaced(" ").empty());
}

TEST_CASE("what is no placeholder is named") {
    const Placeholders values{{"verdict", "POSITIVE"}, {"kind", ""}};
    CHECK(filled_in("CALC {name}", values).error().what ==
          "has the placeholder {name}; there are {verdict}, {kind}");
    for (const auto* const pattern : {"{verdict", "verdict}", "{", "}{", "{}"}) {
        CAPTURE(pattern);
        CHECK_FALSE(filled_in(pattern, values));
    }
}
