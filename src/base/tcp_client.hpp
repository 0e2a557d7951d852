// A TCP connection that we open, plain or by TLS, with a point in time until which each step must be done.
//
// For one thread. What the network or the peer does is an Error in words that begin with its address.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/tls.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace calcinode {

struct ClientTls {
    TlsFiles files;
    std::string certificate_name;  // that the peer's certificate must be for; empty: its host
};

struct Endpoint {
    std::string host;  // a name, or an IPv4 or IPv6 address
    std::uint16_t port = 0;
    std::optional<ClientTls> tls = std::nullopt;
};
std::string to_string(const Endpoint& endpoint);  // "host:port"

class TcpClient {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    // Connected and, with TLS, sure of the peer. The look-up of a name has the system's time-out on top.
    static Result<TcpClient> connect(const Endpoint& endpoint, Deadline deadline);
    TcpClient(TcpClient&&) noexcept;
    TcpClient& operator=(TcpClient&&) = delete;
    ~TcpClient();

    Result<> write(std::string_view bytes, Deadline deadline);
    // At least one byte, at most some KiB; none where the peer ended the connection.
    Result<std::string> read(Deadline deadline);

  private:
    struct FreeTls {
        void operator()(ssl_st* connection) const;
    };
    enum class Want { read, write };

    TcpClient(Fd socket, std::string peer) : socket_(std::move(socket)), peer_(std::move(peer)) {}
    Result<> start_tls(const ClientTls& tls, const std::string& host, Deadline deadline);
    // Of OpenSSL's calls: waits until `result`, which is no success, is worth another try.
    Result<> wait_for_tls(int result, Deadline deadline);
    Result<> wait(Want want, Deadline deadline);
    std::unexpected<Error> failed(const std::string& what) const { return fail(peer_ + ": " + what); }

    Fd socket_;
    std::string peer_;
    TlsContext context_;
    std::unique_ptr<ssl_st, FreeTls> tls_;  // null: a plain connection
};

}  // namespace calcinode
