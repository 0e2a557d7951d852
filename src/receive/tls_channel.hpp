// A channel through TLS, on the accepting side.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/tls.hpp"
#include "receive/channel.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace calcinode::receive {

// OpenSSL writes to the socket by write(2): SIGPIPE must be ignored or blocked.
class TlsChannel final : public Channel {
  public:
    // `socket` and `context` must outlive it.
    TlsChannel(int socket, ssl_ctx_st& context);
    ~TlsChannel() override;

    // To be called again, after waiting as it says, until `done` or until it says `closed`: then why_not()
    // tells why.
    Then handshake(bool& done);
    const std::string& why_not() const { return why_not_; }
    // What came from the peer so far, encrypted as it was.
    std::uint64_t bytes_received() const;

    Moved read(std::span<std::byte> out) override;
    Moved write(std::span<const std::byte> bytes) override;
    bool holds_bytes() const override;
    bool is_transparent() const override { return false; }
    std::string description() const override;

  private:
    struct Free {
        void operator()(ssl_st* connection) const;
    };
    Then then(int result);

    std::unique_ptr<ssl_st, Free> connection_;
    std::string why_not_;
    bool broken_ = false;
};

}  // namespace calcinode::receive
