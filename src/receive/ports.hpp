// What the server listens with: a port without TLS, one with it, or both.
#pragma once

#include <cstdint>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/tls.hpp"
#include "receive/server.hpp"

namespace calcinode::receive {

struct Ports {
    Fd plain, tls;  // listening sockets; empty: not listened on
    std::uint16_t plain_number = 0, tls_number = 0;
    TlsContext tls_context;

    static Result<Ports> open(const ServerOptions& options);
    void close() {
        plain = Fd();
        tls = Fd();
    }
};

}  // namespace calcinode::receive
