#include <doctest/doctest.h>

#include "deliver/store_status.hpp"

using namespace calcinode::deliver;

TEST_CASE("success, warnings and a duplicate mean that the object arrived") {
    for (const int status : {0x0000, 0xB000, 0xB006, 0xB007, 0x0111, 0x0107}) {
        CAPTURE(status);
        CHECK(outcome_of_status(static_cast<std::uint16_t>(status), "").state == SendState::arrived);
    }
}

TEST_CASE("a peer out of resources is asked again") {
    for (const int status : {0xA700, 0xA701, 0x0110, 0x0213}) {
        CAPTURE(status);
        CHECK(outcome_of_status(static_cast<std::uint16_t>(status), "").state ==
              SendState::transient_failure);
    }
}

TEST_CASE("what the peer refuses for good is not sent again") {
    for (const int status : {0xA900, 0xA9FF, 0xC000, 0xC123, 0x0122, 0x0124, 0x0105}) {
        CAPTURE(status);
        CHECK(outcome_of_status(static_cast<std::uint16_t>(status), "").state ==
              SendState::permanent_failure);
    }
}

TEST_CASE("the reason carries the status and the peer's own words") {
    const auto outcome = outcome_of_status(0xC001, "no such patient");
    CHECK(outcome.what ==
          "status C001H from the peer: it cannot understand the object, saying \"no such patient\"");
}
