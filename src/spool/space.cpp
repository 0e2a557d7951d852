#include "spool/space.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/disk.hpp"
#include "base/units.hpp"

namespace calcinode::spool {
namespace {

using namespace std::chrono_literals;

// Above the minimum by an eighth, and by some images at least.
constexpr std::uintmax_t least_hysteresis = 8 * mib;
// How long nothing is taken after a write found no room though the numbers said there was some.
constexpr auto pause_after_failure = 5s;
// How often the log says so while that lasts.
constexpr auto say_again = 10min;

}  // namespace

Space::Space(std::filesystem::path folder, std::uintmax_t minimum_free_bytes)
    : folder_(std::move(folder)), minimum_(minimum_free_bytes) {}

std::uintmax_t Space::enough_bytes() const {
    return minimum_ + std::max(minimum_ / 8, least_hysteresis);
}

bool Space::has_room() {
    const auto free = free_bytes(folder_);
    std::unique_lock lock(mutex_);
    if (!free) return room_;  // the write that follows says why
    if (room_ && *free < minimum_) {
        room_ = false;
        said_ = true;
        spdlog::error(
            "only {} MiB free in {}, receive.minimum_free_mib is {}: NO IMAGES ARE TAKEN (senders get A700H "
            "and "
            "try again) until {} MiB are free; free some",
            *free / mib, folder_.string(), minimum_ / mib, enough_bytes() / mib);
    } else if (!room_ && *free >= enough_bytes() && Clock::now() >= not_before_) {
        if (write_failed_ && !can_write(lock)) return false;
        room_ = true;
        if (said_) spdlog::warn("{} MiB free in {}: images are taken again", *free / mib, folder_.string());
        said_ = false;
    }
    return room_;
}

// Tried without the lock: a failing disk takes its time, and what others ask for meanwhile is refused.
bool Space::can_write(std::unique_lock<std::mutex>& lock) {
    not_before_ = Clock::now() + pause_after_failure;
    lock.unlock();
    const bool can = try_room(folder_, least_hysteresis).has_value();
    lock.lock();
    write_failed_ = !can;
    return can;
}

void Space::ran_out(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    not_before_ = now + pause_after_failure;
    room_ = false;
    write_failed_ = true;
    if (said_ || (said_at_ != Clock::time_point{} && now - said_at_ < say_again)) return;
    said_ = true;
    said_at_ = now;
    spdlog::error(
        "{}: NO IMAGES ARE TAKEN (senders get A700H and try again) until {} MiB are free and can be written; "
        "free some, or look after the storage",
        what, enough_bytes() / mib);
}

}  // namespace calcinode::spool
