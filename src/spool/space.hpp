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

    // Looks at the disk; a system call, and after a write that found no room now and then a few writes.
    bool has_room();
    // A write found no room, whatever the numbers say (a quota, another program, storage that has less than
    // it promises): nothing is taken for a while, and not before some can be written again. `what` failed,
    // for the log.
    void ran_out(const std::string& what);
    // So much must be free before images are taken again.
    std::uintmax_t enough_bytes() const;

  private:
    using Clock = std::chrono::steady_clock;
    bool can_write(std::unique_lock<std::mutex>& lock);

    std::filesystem::path folder_;
    std::uintmax_t minimum_;
    mutable std::mutex mutex_;
    bool room_ = true;
    bool said_ = false;                       // that there is none
    bool write_failed_ = false;               // so that the numbers are not believed
    Clock::time_point not_before_, said_at_;  // of the next yes after a write that found no room
};

}  // namespace calcinode::spool
