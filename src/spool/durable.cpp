#include "spool/durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace calcinode::spool {
namespace {

namespace fs = std::filesystem;

// One file of so many is synced in the slower way, which may have become the faster one.
constexpr unsigned look_again_after = 32;
constexpr unsigned tried_by_turns = 16;  // at the beginning
constexpr double weight_of_last = 0.125;
constexpr double longest_counted = 2;   // times what is usual
constexpr double clearly_faster = 0.9;  // of the time of the plain way

Fd open_folder(const fs::path& folder) {
    return Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int sync(const Fd& fd) {
    return fd && ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

int sync_file_and_name(const Fd& file, const fs::path& folder) {
    if (const int failed = sync(file); failed != 0) return failed;
    return sync(open_folder(folder));
}

int sync_file_and_name(const fs::path& file) {
    return sync_file_and_name(Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)),
                              file.parent_path());
}

Syncing::~Syncing() {
    folder_ = nullptr;
    begin_.release();
}

Syncing::Way Syncing::next_way() {
    const std::scoped_lock lock(learned_);
    const auto number = files_++;
    if (number < tried_by_turns) return number % 2 == 0 ? one_after_the_other : at_once;
    const bool faster_at_once = seconds_[at_once] < clearly_faster * seconds_[one_after_the_other];
    const bool look_again = number % look_again_after == 0;
    return faster_at_once != look_again ? at_once : one_after_the_other;
}

void Syncing::took(Way way, std::chrono::duration<double> time) {
    const std::scoped_lock lock(learned_);
    auto& seconds = seconds_[way];
    // A single one that took long, because of others' work, is not to decide.
    const auto most = seconds == 0 ? time.count() : longest_counted * seconds;
    seconds = std::lerp(seconds == 0 ? most : seconds, std::min(time.count(), most), weight_of_last);
}

int Syncing::file_and_name(const Fd& file, const fs::path& folder) {
    const auto way = next_way();
    const auto began = std::chrono::steady_clock::now();
    const int failed = way == at_once ? both_at_once(file, folder) : sync_file_and_name(file, folder);
    took(way, std::chrono::steady_clock::now() - began);
    return failed;
}

void Syncing::sync_folders() {
    while (true) {
        begin_.acquire();
        if (!folder_) return;
        failed_ = sync(*folder_);
        end_.release();
    }
}

int Syncing::both_at_once(const Fd& file, const fs::path& folder) {
    const std::unique_lock lock(helped_, std::try_to_lock);
    if (!lock) return sync_file_and_name(file, folder);
    const auto opened = open_folder(folder);
    if (!opened) return errno;
    folder_ = &opened;
    begin_.release();
    const int failed = sync(file);
    end_.acquire();
    return failed != 0 ? failed : failed_;
}

}  // namespace calcinode::spool
