// The disk's room for images, and whether any are taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

namespace calcinode::spool {

// With less than the minimum free no images are taken, until there is clearly more than that again: senders
// are not to be told yes and no by turns. What is left below the minimum is for results and the database.
// Each change is one line in the log. Safe from any thread.
class Space {
  public:
    Space(std::filesystem::path folder, std::uintmax_t minimum_free_bytes);

    // Looks at the disk; a system call.
    bool has_room();
    // A write found no room, whatever the numbers say (a quota, another program): nothing is taken for a
    // while. `what` failed, for the log.
    void ran_out(const std::string& what);
    // So much must be free before images are taken again.
    std::uintmax_t enough_bytes() const;

  private:
    using Clock = std::chrono::steady_clock;

    std::filesystem::path folder_;
    std::uintmax_t minimum_;
    mutable std::mutex mutex_;
    bool room_ = true;
    bool said_ = false;                       // that there is none
    Clock::time_point not_before_, said_at_;  // of the next yes after a write that found no room
};

}  // namespace calcinode::spool
