#include "receive/channel.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace calcinode::receive {
namespace {

// After a call that failed.
Channel::Moved after_error(Channel::Then where_it_would_block) {
    if (errno == EINTR) return {.bytes = 0, .then = Channel::Then::again};
    const bool would_block = errno == EAGAIN || errno == EWOULDBLOCK;
    return {.bytes = 0, .then = would_block ? where_it_would_block : Channel::Then::closed};
}

}  // namespace

Channel::Moved PlainChannel::read(std::span<std::byte> out) {
    const ssize_t count = ::recv(socket_, out.data(), out.size(), 0);
    if (count > 0) return {.bytes = static_cast<std::size_t>(count)};
    return count == 0 ? Moved{.then = Then::closed} : after_error(Then::wait_readable);
}

Channel::Moved PlainChannel::write(std::span<const std::byte> bytes) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count >= 0 ? Moved{.bytes = static_cast<std::size_t>(count)} : after_error(Then::wait_writable);
}

}  // namespace calcinode::receive
