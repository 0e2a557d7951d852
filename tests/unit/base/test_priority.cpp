#include "base/priority.hpp"

#include <doctest/doctest.h>
#include <sched.h>

#include <stdexcept>
#include <thread>

using namespace calcinode;

TEST_CASE("what yields does so in a thread of its own, with those that it starts; its caller does not") {
    int inside = -1, started = -1;
    CHECK(call_yielding([&] {
              inside = ::sched_getscheduler(0);
              std::thread([&] { started = ::sched_getscheduler(0); }).join();
              return 42;
          }) == 42);
    CHECK(inside == SCHED_IDLE);
    CHECK(started == SCHED_IDLE);
    CHECK(::sched_getscheduler(0) == SCHED_OTHER);
}

TEST_CASE("what fails while it yields fails for its caller") {
    CHECK_THROWS_AS(call_yielding([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
}
