#include <doctest/doctest.h>

#include "base/uid.hpp"

using calcinode::Uid;

TEST_CASE("a UID is digits and single dots, at most 64 characters") {
    CHECK(Uid::parse("1.2.840.10008.5.1.4.1.1.2"));
    CHECK(Uid::parse("1.2.0.3"));
    CHECK_FALSE(Uid::parse(""));
    CHECK_FALSE(Uid::parse("1..2"));
    CHECK_FALSE(Uid::parse("1.02"));
    CHECK_FALSE(Uid::parse(".1"));
    CHECK_FALSE(Uid::parse("1."));
    CHECK_FALSE(Uid::parse("../../etc/passwd"));
    CHECK_FALSE(Uid::parse("1.2/3"));
    CHECK_FALSE(Uid::parse(std::string(65, '1')));
}

TEST_CASE("padding of an even-length value is not part of the UID") {
    CHECK(Uid::parse(std::string_view("1.23\0", 5))->str() == "1.23");
    CHECK(Uid::parse("1.23 ")->str() == "1.23");
}

TEST_CASE("the same parts give the same UID, other parts another") {
    const auto uid = Uid::derived_from({"study", "1"});
    CHECK(uid == Uid::derived_from({"study", "1"}));
    CHECK(uid != Uid::derived_from({"study1", ""}));
    CHECK(uid.str().starts_with("2.25."));
    CHECK(Uid::parse(uid.str()) == uid);
}

TEST_CASE("random UIDs are well-formed and differ") {
    const auto uid = Uid::random();
    CHECK(Uid::parse(uid.str()) == uid);
    CHECK(uid.str().starts_with("2.25."));
    CHECK(uid != Uid::random());
}
