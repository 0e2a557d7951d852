#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "app/worker.hpp"

using namespace calcinode::app;
using namespace std::chrono_literals;

TEST_CASE("a worker steps on while there is more to do, and rests until it is rung") {
    std::atomic<int> steps{0};
    std::promise<void> third, fourth;
    Worker worker("test", 1h, [&](std::stop_token) {
        const int step = ++steps;
        if (step == 3) third.set_value();
        if (step == 4) fourth.set_value();
        return step < 3;
    });
    REQUIRE(third.get_future().wait_for(10s) == std::future_status::ready);
    worker.ring();
    CHECK(fourth.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a step that throws does not end the worker") {
    std::promise<void> again;
    std::atomic<int> steps{0};
    Worker worker("test", 1ms, [&](std::stop_token) -> bool {
        if (++steps == 2) again.set_value();
        throw std::runtime_error("broken");
    });
    CHECK(again.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("stopping waits for the step under way no longer than told") {
    std::promise<void> begun, may_end;
    Worker worker("test", 1h, [&](std::stop_token) {
        begun.set_value();
        may_end.get_future().wait();
        return false;
    });
    begun.get_future().wait();
    worker.request_stop();
    CHECK_FALSE(worker.stopped_by(std::chrono::steady_clock::now() + 20ms));
    may_end.set_value();
    CHECK(worker.stopped_by(std::chrono::steady_clock::now() + 10s));
}
