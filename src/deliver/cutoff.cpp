#include "deliver/cutoff.hpp"

#include <fcntl.h>
#include <sys/socket.h>

namespace calcinode::deliver {

Cutoff::Cutoff(std::chrono::steady_clock::time_point when)
    : thread_([this, when](const std::stop_token& stop) { wait(stop, when); }) {}

void Cutoff::wait(const std::stop_token& stop, std::chrono::steady_clock::time_point when) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, stop, when, [] { return false; });
    if (stop.stop_requested()) return;
    passed_ = true;
    end_connection();
}

void Cutoff::guard(int socket) {
    const std::scoped_lock lock(mutex_);
    socket_ = Fd(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
    if (passed_) end_connection();
}

bool Cutoff::has_passed() const {
    const std::scoped_lock lock(mutex_);
    return passed_;
}

void Cutoff::end_connection() {
    if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace calcinode::deliver
