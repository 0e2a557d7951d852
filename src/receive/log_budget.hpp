// Keeps strangers from filling the log: so many lines in so much time, the rest is counted.
#pragma once

#include <chrono>
#include <mutex>
#include <utility>

namespace calcinode::receive {

class LogBudget {
  public:
    // Whether a line may be written; `held_back` lines were not since the last that was. From any thread.
    bool take(int& held_back) {
        const std::scoped_lock lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (now - since_ > period) {
            since_ = now;
            used_ = 0;
        }
        if (used_ == lines) {
            ++held_back_;
            return false;
        }
        ++used_;
        held_back = std::exchange(held_back_, 0);
        return true;
    }

  private:
    static constexpr int lines = 20;
    static constexpr std::chrono::seconds period{10};

    std::mutex mutex_;
    std::chrono::steady_clock::time_point since_{};
    int used_ = 0, held_back_ = 0;
};

}  // namespace calcinode::receive
