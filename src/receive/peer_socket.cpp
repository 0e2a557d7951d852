#include "receive/peer_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace calcinode::receive {

PeerSocket::PeerSocket(Fd socket, int stop_event, std::chrono::seconds idle_timeout)
    : socket_(std::move(socket)), stop_event_(stop_event), timeout_(idle_timeout) {}

void PeerSocket::put_back(std::vector<std::byte> bytes) {
    ahead_ = std::move(bytes);
    ahead_used_ = 0;
}

void PeerSocket::set_deadline(std::optional<std::chrono::seconds> from_now) {
    deadline_ = from_now ? Clock::now() + *from_now : Clock::time_point::max();
}

bool PeerSocket::read_exactly(std::span<std::byte> out) {
    // A peer that sends without a pause is never waited for.
    if (deadline_ != Clock::time_point::max() && Clock::now() > deadline_) {
        end_ = End::too_slow;
        return false;
    }
    if (ahead_used_ < ahead_.size()) {
        const auto count = std::min(out.size(), ahead_.size() - ahead_used_);
        std::memcpy(out.data(), ahead_.data() + ahead_used_, count);
        ahead_used_ += count;
        out = out.subspan(count);
    }
    const auto deadline = Clock::now() + timeout_;
    while (!out.empty()) {
        const ssize_t count = ::recv(socket_.get(), out.data(), out.size(), 0);
        if (count > 0) {
            out = out.subspan(static_cast<std::size_t>(count));
            bytes_read_ += static_cast<std::uint64_t>(count);
        } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            acknowledge_at_once();
            if (!wait_for(POLLIN, deadline)) return false;
        } else if (count == 0 || errno != EINTR) {
            end_ = End::closed_by_peer;
            return false;
        }
    }
    return true;
}

bool PeerSocket::write_all(std::span<const std::byte> bytes) {
    const auto deadline = Clock::now() + timeout_;
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_for(POLLOUT, deadline)) return false;
        } else if (errno != EINTR) {
            end_ = End::closed_by_peer;
            return false;
        }
    }
    return true;
}

bool PeerSocket::wait_readable(std::chrono::milliseconds longest) {
    return ahead_used_ < ahead_.size() || wait_for(POLLIN, Clock::now() + longest);
}

bool PeerSocket::wait_for(short events, Clock::time_point deadline) {
    deadline = std::min(deadline, deadline_);
    pollfd watched[] = {{socket_.get(), events, 0}, {stop_event_, POLLIN, 0}};
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        const int ready = ::poll(watched, std::size(watched), static_cast<int>(std::max<long>(left, 0)));
        if (ready < 0 && errno == EINTR) continue;
        if (watched[1].revents != 0) {
            end_ = End::stopped;
            return false;
        }
        if (ready > 0) return true;  // an error on the socket shows itself in the call that follows
        end_ = End::too_slow;
        return false;
    }
}

// A sender with Nagle's algorithm holds back its next small segment until the last one is acknowledged, which
// the kernel delays by 40 ms: 20 images a second instead of several hundred. The option lasts only until the
// kernel changes its mind, hence it is set before each wait.
void PeerSocket::acknowledge_at_once() const {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace calcinode::receive
