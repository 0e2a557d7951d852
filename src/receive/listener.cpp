#include "receive/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace calcinode::receive {
namespace {

constexpr int backlog = 128;  // connections that the kernel holds until they are accepted

std::string at(const std::string& address, std::uint16_t port) {
    return address + " port " + std::to_string(port);
}

}  // namespace

Result<Fd> listen_on(const std::string& address, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
        code != 0)
        return fail("cannot listen on " + at(address, port) + ": " + ::gai_strerror(code));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> info(found, &::freeaddrinfo);

    Fd socket(::socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
    if (!socket || ::bind(socket.get(), info->ai_addr, info->ai_addrlen) != 0 ||
        ::listen(socket.get(), backlog) != 0)
        return fail("cannot listen on " + at(address, port) + ": " + system_error_text(errno));
    return socket;
}

std::uint16_t port_of(const Fd& listener) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

Accepted accept_from(const Fd& listener) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    Accepted accepted;
    accepted.socket = Fd(::accept4(listener.get(), raw, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!accepted.socket) {
        accepted.error_number = errno;
        return accepted;
    }
    accepted.address = IpAddress::of(*raw);
    return accepted;
}

}  // namespace calcinode::receive
