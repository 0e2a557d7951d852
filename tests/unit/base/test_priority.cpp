#include "base/priority.hpp"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>
#include <utility>

using namespace calcinode;

namespace {

// Of the calling thread: its policy, and how nice it is.
std::pair<int, int> priority() {
    return {::sched_getscheduler(0), ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()))};
}

}  // namespace

TEST_CASE("what yields does so in a thread of its own, with those that it starts; its caller does not") {
    std::pair<int, int> inside, started;
    CHECK(call_yielding([&] {
              inside = priority();
              std::thread([&] { started = priority(); }).join();
              return 42;
          }) == 42);
    CHECK(inside == std::pair(SCHED_BATCH, yielding_nice));
    CHECK(started == inside);
    CHECK(priority().first == SCHED_OTHER);
}

TEST_CASE("what fails while it yields fails for its caller") {
    CHECK_THROWS_AS(call_yielding([]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
}
