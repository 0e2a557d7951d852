#include <doctest/doctest.h>

#include "app/clock_watch.hpp"

using namespace calcinode;
using namespace calcinode::app;
using namespace std::chrono_literals;

TEST_CASE("a clock that goes on as time does was not set, however seldom it is looked at") {
    const ClockWatch::Steady start{};
    ClockWatch clock(1'000'000, start);
    CHECK(clock.set_by(1'000'500, start + 500ms) == 0);
    CHECK(clock.set_by(1'090'700, start + 90s) == 0);
}

TEST_CASE("a clock that is set back or forward is noticed once") {
    const ClockWatch::Steady start{};
    ClockWatch clock(10'000'000, start);
    CHECK(clock.set_by(2'800'500, start + 500ms) == -7'200'000);
    CHECK(clock.set_by(2'801'000, start + 1s) == 0);
    CHECK(clock.set_by(2'861'500, start + 1500ms) == 60'000);
    CHECK(clock.set_by(2'862'000, start + 2s) == 0);
}
