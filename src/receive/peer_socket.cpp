#include "receive/peer_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "receive/tls_channel.hpp"

namespace calcinode::receive {

PeerSocket::PeerSocket(Fd socket, int stop_event, std::chrono::seconds idle_timeout)
    : socket_(std::move(socket)),
      channel_(std::make_unique<PlainChannel>(socket_.get())),
      stop_event_(stop_event),
      timeout_(idle_timeout) {}

Result<> PeerSocket::start_tls(ssl_ctx_st& context) {
    auto tls = std::make_unique<TlsChannel>(socket_.get(), context);
    const auto deadline = Clock::now() + timeout_;
    for (bool done = false; !done;) {
        const auto then = tls->handshake(done);
        bytes_read_ = tls->bytes_received();
        if (!wait_as(then, deadline))
            return fail(then == Channel::Then::closed ? tls->why_not() : "the TLS handshake did not end");
    }
    channel_ = std::move(tls);
    return {};
}

void PeerSocket::close() {
    channel_ = std::make_unique<ClosedChannel>();
    socket_ = Fd();
}

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
        const auto moved = channel_->read(out);
        out = out.subspan(moved.bytes);
        bytes_read_ += moved.bytes;
        if (!wait_as(moved.then, deadline)) return false;
    }
    return true;
}

bool PeerSocket::write_all(std::span<const std::byte> bytes) {
    const auto deadline = Clock::now() + timeout_;
    while (!bytes.empty()) {
        const auto moved = channel_->write(bytes);
        bytes = bytes.subspan(moved.bytes);
        if (!wait_as(moved.then, deadline)) return false;
    }
    return true;
}

bool PeerSocket::wait_readable(std::chrono::milliseconds longest) {
    return ahead_used_ < ahead_.size() || channel_->holds_bytes() || wait_for(POLLIN, Clock::now() + longest);
}

bool PeerSocket::wait_as(Channel::Then then, Clock::time_point deadline) {
    switch (then) {
        case Channel::Then::again:
            return true;
        case Channel::Then::wait_readable:
            acknowledge_at_once();
            return wait_for(POLLIN, deadline);
        case Channel::Then::wait_writable:
            return wait_for(POLLOUT, deadline);
        case Channel::Then::closed:
            end_ = End::closed_by_peer;
            return false;
    }
    return false;
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
