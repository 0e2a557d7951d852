// A syslog server (RFC 5424): one datagram a message over UDP (RFC 5426), or octet counting over TCP (RFC
// 6587) and TLS (RFC 5425).
#pragma once

#include <optional>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/tcp_client.hpp"
#include "base/time.hpp"

namespace calcinode::audit {

// Header and content of a syslog message as PS3.15 A.6 asks for: facility 10, severity notice.
std::string syslog_message(const std::string& content, UnixMillis when, const std::string& host, int process);

struct SyslogOptions {
    enum class Transport { udp, tcp, tls } transport = Transport::udp;
    Endpoint endpoint;  // its `tls` is set exactly with Transport::tls
    int timeout_s = 5;
};

// For one thread. A connection is opened at need and kept.
class Syslog {
  public:
    explicit Syslog(SyslogOptions options) : options_(std::move(options)) {}
    // An Error where it did not leave; what TCP took may be lost all the same: syslog acknowledges nothing.
    Result<> send(const std::string& message);

  private:
    Result<> send_datagram(const std::string& message);
    Result<> send_counted(const std::string& message);

    SyslogOptions options_;
    std::optional<TcpClient> connection_;
};

}  // namespace calcinode::audit
