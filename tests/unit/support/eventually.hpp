// For what another thread does, in its own time.
#pragma once

#include <chrono>
#include <thread>

namespace calcinode::test {

// Whether it becomes true; false when it has not within ten seconds.
template <class Condition>
bool eventually(Condition&& is_true) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 1000; ++i) {
        if (is_true()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace calcinode::test
