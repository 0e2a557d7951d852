// Tells when the clock was set: by NTP after a start with a wrong one, by an administrator, by a machine that
// slept.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace calcinode::app {

class ClockWatch {
  public:
    using Steady = std::chrono::steady_clock::time_point;

    ClockWatch(UnixMillis wall, Steady steady) : wall_(wall), steady_(steady) {}

    // By how much it was set since the last call, forward or (negative) back; 0 where it just went on.
    UnixMillis set_by(UnixMillis wall, Steady steady) {
        using std::chrono::duration_cast, std::chrono::milliseconds;
        const UnixMillis by = wall - wall_ - duration_cast<milliseconds>(steady - steady_).count();
        wall_ = wall;
        steady_ = steady;
        return by > -least && by < least ? 0 : by;
    }

  private:
    // Between two looks, half a second apart: NTP that slews, and a thread that had to wait between two
    // reads, make less.
    static constexpr UnixMillis least = 2000;

    UnixMillis wall_;
    Steady steady_;
};

}  // namespace calcinode::app
