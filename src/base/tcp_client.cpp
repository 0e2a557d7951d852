#include "base/tcp_client.hpp"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/tcp_connect.hpp"

namespace calcinode {
namespace {

constexpr std::size_t read_at_once = 16 * 1024;

struct FreeAddresses {
    void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> look_up(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error =
        ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
    if (error != 0) return fail(to_string(endpoint) + ": the name is not known: " + ::gai_strerror(error));
    return Addresses(found);
}

std::string why_tls_failed() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "the connection was closed";
    const char* const reason = ERR_reason_error_string(code);
    return reason ? reason : "unknown reason";
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
    const bool ipv6 = endpoint.host.find(':') != std::string::npos;
    return (ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

void TcpClient::FreeTls::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

TcpClient::TcpClient(TcpClient&&) noexcept = default;

TcpClient::~TcpClient() {
    // Tells the peer that no bytes were cut off; whether it hears that is its affair.
    if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
}

Result<TcpClient> TcpClient::connect(const Endpoint& endpoint, Deadline deadline) {
    const auto addresses = look_up(endpoint);
    if (!addresses) return std::unexpected(addresses.error());
    auto socket = connect_to_any(addresses->get(), deadline);
    if (!socket) return fail(to_string(endpoint) + ": no connection: " + system_error_text(socket.error()));
    TcpClient client(std::move(*socket), to_string(endpoint));
    if (endpoint.tls)
        if (auto secure = client.start_tls(*endpoint.tls, endpoint.host, deadline); !secure)
            return std::unexpected(secure.error());
    return client;
}

Result<> TcpClient::start_tls(const ClientTls& tls, const std::string& host, Deadline deadline) {
    const auto& name = tls.certificate_name.empty() ? host : tls.certificate_name;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_) return failed("TLS cannot be started");
    if (auto set = set_up_tls_client(*context_, tls.files, name); !set) return set;
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    tls_.reset(SSL_new(context_.get()));
    if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1) return failed("TLS cannot be started");
    SSL_set_tlsext_host_name(tls_.get(), name.c_str());
    while (true) {
        ERR_clear_error();
        const int result = SSL_connect(tls_.get());
        if (result == 1) return {};
        const auto waited = wait_for_tls(result, deadline);
        const long verified = SSL_get_verify_result(tls_.get());
        if (verified != X509_V_OK) return failed(certificate_mistake(static_cast<int>(verified), name));
        if (!waited) return waited;
    }
}

Result<> TcpClient::wait_for_tls(int result, Deadline deadline) {
    switch (SSL_get_error(tls_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return wait(Want::read, deadline);
        case SSL_ERROR_WANT_WRITE:
            return wait(Want::write, deadline);
        default:
            return failed("TLS: " + why_tls_failed());
    }
}

Result<> TcpClient::wait(Want want, Deadline deadline) {
    const int error = poll_until(socket_.get(), want == Want::read ? POLLIN : POLLOUT, deadline);
    if (error == ETIMEDOUT)
        return failed(want == Want::read ? "no answer in time" : "it takes nothing in time");
    if (error != 0) return failed(system_error_text(error));
    return {};
}

Result<> TcpClient::write(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        ERR_clear_error();
        const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
        const auto written = tls_ ? SSL_write(tls_.get(), bytes.data(), size)
                                  : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (written > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        const int error = written < 0 ? errno : 0;
        if (!tls_ && error != 0 && error != EAGAIN && error != EINTR) return failed(system_error_text(error));
        const auto waited =
            tls_ ? wait_for_tls(static_cast<int>(written), deadline) : wait(Want::write, deadline);
        if (!waited) return waited;
    }
    return {};
}

Result<std::string> TcpClient::read(Deadline deadline) {
    std::array<char, read_at_once> buffer;
    while (true) {
        ERR_clear_error();
        const auto count = tls_ ? SSL_read(tls_.get(), buffer.data(), buffer.size())
                                : ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (count > 0) return std::string(buffer.data(), static_cast<std::size_t>(count));
        if (tls_ && SSL_get_error(tls_.get(), static_cast<int>(count)) == SSL_ERROR_ZERO_RETURN) return "";
        if (!tls_ && count == 0) return "";
        const int error = count < 0 ? errno : 0;
        if (!tls_ && error != 0 && error != EAGAIN && error != EINTR) return failed(system_error_text(error));
        const auto waited =
            tls_ ? wait_for_tls(static_cast<int>(count), deadline) : wait(Want::read, deadline);
        if (!waited) return std::unexpected(waited.error());
    }
}

}  // namespace calcinode
