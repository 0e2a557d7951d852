#include "base/tcp_connect.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>

namespace calcinode {
namespace {

using Clock = std::chrono::steady_clock;

std::expected<Fd, int> connect_to(const addrinfo& address, Deadline deadline) {
    Fd socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
    if (!socket) return std::unexpected(errno);
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) return std::unexpected(errno);
    if (const int error = poll_until(socket.get(), POLLOUT, deadline)) return std::unexpected(error);
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return std::unexpected(error);
    return socket;
}

int count_of(const addrinfo* addresses) {
    int count = 0;
    for (; addresses; addresses = addresses->ai_next) ++count;
    return count;
}

}  // namespace

int poll_until(int socket, short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd one{socket, events, 0};
        const int ready =
            ::poll(&one, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX)));
        if (ready > 0) return 0;
        if (ready == 0) return ETIMEDOUT;
        if (errno != EINTR) return errno;
    }
}

std::expected<Fd, int> connect_to_any(const addrinfo* addresses, Deadline deadline) {
    std::expected<Fd, int> socket = std::unexpected(EADDRNOTAVAIL);
    for (; addresses && !socket; addresses = addresses->ai_next) {
        const auto now = Clock::now();
        socket = connect_to(*addresses, now + (deadline - now) / count_of(addresses));
    }
    return socket;
}

}  // namespace calcinode
