#include "audit/syslog.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <memory>

namespace calcinode::audit {
namespace {

// Facility 10 (security and authorization), severity 5 (notice).
constexpr int priority = 10 * 8 + 5;
constexpr const char* message_id = "DICOM+RFC3881";
constexpr const char* byte_order_mark = "\xEF\xBB\xBF";  // the content is UTF-8 (RFC 5424, 6.4)

}  // namespace

std::string syslog_message(const std::string& content, UnixMillis when, const std::string& host,
                           int process) {
    const std::time_t seconds = when / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char time[32] = "";
    std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return "<" + std::to_string(priority) + ">1 " + time + " " + host + " calcinode " +
           std::to_string(process) + " " + message_id + " - " + byte_order_mark + content;
}

Result<> Syslog::send(const std::string& message) {
    return options_.transport == SyslogOptions::Transport::udp ? send_datagram(message)
                                                               : send_counted(message);
}

Result<> Syslog::send_datagram(const std::string& message) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    const auto& to = options_.endpoint;
    if (const int error = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found))
        return fail(to_string(to) + ": the name is not known: " + ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    const Fd socket(::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket ||
        ::sendto(socket.get(), message.data(), message.size(), 0, found->ai_addr, found->ai_addrlen) < 0)
        return fail(to_string(to) + ": " + system_error_text(errno));
    return {};
}

Result<> Syslog::send_counted(const std::string& message) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options_.timeout_s);
    if (!connection_) {
        auto connection = TcpClient::connect(options_.endpoint, deadline);
        if (!connection) return std::unexpected(connection.error());
        connection_.emplace(std::move(*connection));
    }
    auto sent = connection_->write(std::to_string(message.size()) + " " + message, deadline);
    if (!sent) connection_.reset();
    return sent;
}

}  // namespace calcinode::audit
