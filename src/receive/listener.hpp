// The listening socket: bound to one address, which DCMTK's own listener can't.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.hpp"
#include "base/ip_address.hpp"
#include "base/result.hpp"

namespace calcinode::receive {

// `address` is numeric, IPv4 or IPv6; port 0: any free one.
Result<Fd> listen_on(const std::string& address, std::uint16_t port);
std::uint16_t port_of(const Fd& listener);

struct Accepted {
    Fd socket;  // non-blocking, TCP_NODELAY; empty with `error_number` set where none could be accepted
    IpAddress address;
    int error_number = 0;
};
Accepted accept_from(const Fd& listener);

}  // namespace calcinode::receive
