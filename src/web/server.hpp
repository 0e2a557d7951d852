// The HTTP server: one thread, bounded in all that a client can take (web/limits.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/tls.hpp"
#include "web/context.hpp"

namespace calcinode::web {

struct ServerOptions {
    std::string bind = "127.0.0.1";
    std::uint16_t port = 8090;  // 0: any free one
    std::string token;          // empty: none is asked for
    TlsFiles tls;               // without a certificate: HTTP without TLS
    ClientCertificate client_certificate = ClientCertificate::none;
};

class Server {
  public:
    // Listens and answers until stop() or destruction. What `context.node` calls must live as long.
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Context context);
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    // Closes all connections; returns when the thread has ended.
    virtual void stop() = 0;
};

}  // namespace calcinode::web
