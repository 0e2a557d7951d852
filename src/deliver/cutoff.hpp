// A moment at which a connection ends, whatever it waits for then: time-outs of single steps bound nothing
// where a peer makes ever more of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/fd.hpp"

namespace calcinode::deliver {

class Cutoff {
  public:
    explicit Cutoff(std::chrono::steady_clock::time_point when);
    Cutoff(const Cutoff&) = delete;
    Cutoff& operator=(const Cutoff&) = delete;

    // The connection to end, by a duplicate: whoever owns `socket` may close it at any time.
    void guard(int socket);
    bool has_passed() const;

  private:
    void wait(const std::stop_token& stop, std::chrono::steady_clock::time_point when);
    void end_connection();  // mutex_ is held

    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    Fd socket_;
    bool passed_ = false;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace calcinode::deliver
