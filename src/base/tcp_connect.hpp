// Connections to one of the addresses that a name stands for.
#pragma once

#include <chrono>
#include <expected>

#include "base/fd.hpp"

struct addrinfo;

namespace calcinode {

using Deadline = std::chrono::steady_clock::time_point;

// Whether the socket came to the state asked for (POLLIN, POLLOUT): 0, or the error; ETIMEDOUT where it did
// not in time.
int poll_until(int socket, short events, Deadline deadline);

// A connected, non-blocking socket, or the last address's error. The addresses are tried one after the other,
// and each has an equal share of the time that is left: where the packets to one of them vanish, the next has
// its turn.
std::expected<Fd, int> connect_to_any(const addrinfo* addresses, Deadline deadline);

}  // namespace calcinode
