// What the daemon counts since its start, for metrics: numbers that no row of the database has. Safe from any
// thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/time.hpp"
#include "receive/server.hpp"
#include "web/node.hpp"

namespace calcinode::app {

class Meters {
  public:
    void count(receive::Outcome outcome, std::uint64_t bytes);
    void analysed(std::chrono::steady_clock::duration took);
    void looked() { last_look_ = now_ms(); }
    void stopping() { stopping_ = true; }
    void takes_images(bool takes) { takes_images_ = takes; }

    // Fills in what is counted here.
    void put_into(web::Live& live) const;

  private:
    // Seconds: a neck takes one to four, a whole trunk of thin slices up to a minute.
    static constexpr std::array bounds_s{1, 2, 4, 8, 15, 30, 60, 120, 300};
    static constexpr std::size_t outcomes = 5;

    const UnixMillis started_ = now_ms();
    std::array<std::atomic<std::uint64_t>, outcomes> instances_{};
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<UnixMillis> last_look_ = now_ms();
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> takes_images_ = true;
    mutable std::mutex mutex_;
    std::array<std::uint64_t, bounds_s.size()> within_{};  // guarded by mutex_, as the next two
    double sum_s_ = 0;
    std::uint64_t analyses_ = 0;
};

// A sink that counts what becomes of what is given to `sink`. `meters` must outlive it.
receive::InstanceSink counted(receive::InstanceSink sink, Meters& meters);

}  // namespace calcinode::app
