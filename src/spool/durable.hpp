// Stable storage: what is synced here is there after a power cut.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <semaphore>
#include <thread>

#include "base/fd.hpp"

namespace calcinode::spool {

// The file's data, and its name in `folder`, which it has already. 0, or errno of what failed.
int sync_file_and_name(const Fd& file, const std::filesystem::path& folder);
// The same for a file that is not open.
int sync_file_and_name(const std::filesystem::path& file);

// The same, in the way that this disk is faster at. Where a file system has no journal, file and folder each
// make the disk empty its cache, and those two are one when they are asked for at the same time; where it has
// one, the folder comes to the disk with the file, and to ask for both at once makes it two. Which is faster
// is learned from the files themselves. Safe from any thread.
class Syncing {
  public:
    Syncing() : helper_([this] { sync_folders(); }) {}
    ~Syncing();
    int file_and_name(const Fd& file, const std::filesystem::path& folder);

  private:
    enum Way : std::size_t { one_after_the_other, at_once };
    Way next_way();
    void took(Way way, std::chrono::duration<double> time);
    int both_at_once(const Fd& file, const std::filesystem::path& folder);
    void sync_folders();

    std::mutex learned_;
    std::array<double, 2> seconds_{};  // of each way, the last ones counting most; 0: not tried yet
    unsigned files_ = 0;

    // One at a time is helped; among several senders the disk finds company without.
    std::mutex helped_;
    const Fd* folder_ = nullptr;  // null: there will be no more
    int failed_ = 0;
    std::binary_semaphore begin_{0}, end_{0};
    std::jthread helper_;  // last: it uses all of the above
};

}  // namespace calcinode::spool
