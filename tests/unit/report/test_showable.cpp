#include <doctest/doctest.h>

#include "report/showable.hpp"

using calcinode::report::showable;

TEST_CASE("Latin, Greek and Cyrillic text is shown as it is") {
    for (const char* text : {"Neck 0.9 B60s", "HWS nativ, Kn\u00f6chern <1 mm>",
                             "\u0391\u03c5\u03c7\u03ad\u03bd\u03b1\u03c2", "\u0428\u0435\u044f 1,0"})
        CHECK(showable(text) == text);
}

TEST_CASE("a run of what the font has not, or that is not written from the left, is one square") {
    CHECK(showable("\u9838\u690e CT 1.0 \u9aa8") == "\u25a1 CT 1.0 \u25a1");
    CHECK(showable("\u0631\u0642\u0628\u0629 C1-T2") == "\u25a1 C1-T2");
    CHECK(showable("neck \U0001F600!") == "neck \u25a1!");
}

TEST_CASE("nothing readable is nothing") {
    CHECK(showable("\u9838\u690e").empty());
    CHECK(showable(" \t\r\n").empty());
    CHECK(showable("").empty());
    CHECK(showable("---").empty());
}

TEST_CASE("bytes that are not UTF-8 never come through") {
    CHECK(showable("a\xff\xfe\xc3") == "a\u25a1");
    CHECK(showable("a\xc0\x80z") == "a\u25a1z");        // an overlong zero
    CHECK(showable("K\xe4the") == "K\u25a1the");        // ISO 8859-1 without its character set
    CHECK(showable("\xf4\x90\x80\x80x") == "\u25a1x");  // beyond Unicode
    CHECK(showable(std::string("a\0b", 3)) == "a b");
}

TEST_CASE("line breaks and doubled spaces become one space, long text is cut") {
    CHECK(showable("  neck\r\n  soft ") == "neck soft");
    CHECK(showable(std::string(5000, 'x')).size() == 64);
}
