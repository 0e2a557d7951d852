#include "receive/tls_channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace calcinode::receive {
namespace {

// Of a subject in the log.
constexpr std::size_t longest_name = 128;

std::string why_the_handshake_failed(SSL* connection) {
    const long verified = SSL_get_verify_result(connection);
    if (verified != X509_V_OK) return X509_verify_cert_error_string(verified);
    const auto code = ERR_peek_last_error();
    if (code == 0) return "the peer closed the connection";
    switch (ERR_GET_REASON(code)) {
        case SSL_R_HTTP_REQUEST:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_UNEXPECTED_MESSAGE:
            return "it does not speak TLS";
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return "it shows no certificate";
        default: {
            const char* const reason = ERR_reason_error_string(code);
            return reason ? reason : "unknown reason";
        }
    }
}

std::string subject_of(const X509& certificate) {
    char text[longest_name] = "";
    X509_NAME_oneline(X509_get_subject_name(&certificate), text, sizeof text);
    std::string name(text);
    std::ranges::replace_if(
        name, [](char c) { return c < ' ' || c > '~'; }, '?');
    return name;
}

}  // namespace

void TlsChannel::Free::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

TlsChannel::TlsChannel(int socket, ssl_ctx_st& context) : connection_(SSL_new(&context)) {
    if (connection_ && SSL_set_fd(connection_.get(), socket) == 1) return;
    throw std::bad_alloc();
}

TlsChannel::~TlsChannel() {
    // Tells the peer that no bytes were cut off; whether it hears that is its affair.
    if (!broken_ && SSL_is_init_finished(connection_.get())) SSL_shutdown(connection_.get());
    ERR_clear_error();
}

Channel::Then TlsChannel::handshake(bool& done) {
    ERR_clear_error();
    const int result = SSL_accept(connection_.get());
    done = result == 1;
    if (done) return Then::again;
    const auto next = then(result);
    if (next == Then::closed) why_not_ = why_the_handshake_failed(connection_.get());
    return next;
}

Channel::Moved TlsChannel::read(std::span<std::byte> out) {
    if (broken_) return {.then = Then::closed};
    ERR_clear_error();
    Moved moved;
    const int result = SSL_read_ex(connection_.get(), out.data(), out.size(), &moved.bytes);
    if (result != 1) moved.then = then(result);
    return moved;
}

Channel::Moved TlsChannel::write(std::span<const std::byte> bytes) {
    if (broken_) return {.then = Then::closed};
    ERR_clear_error();
    Moved moved;
    const int result = SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &moved.bytes);
    if (result != 1) moved.then = then(result);
    return moved;
}

Channel::Then TlsChannel::then(int result) {
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return Then::wait_readable;
        case SSL_ERROR_WANT_WRITE:
            return Then::wait_writable;
        case SSL_ERROR_ZERO_RETURN:
            return Then::closed;
        default:  // after these nothing more may be asked of the connection, not even its shutdown
            broken_ = true;
            return Then::closed;
    }
}

std::uint64_t TlsChannel::bytes_received() const {
    return BIO_number_read(SSL_get_rbio(connection_.get()));
}

bool TlsChannel::holds_bytes() const {
    return SSL_has_pending(connection_.get()) == 1;
}

std::string TlsChannel::description() const {
    std::string text = SSL_get_version(connection_.get());
    if (const X509* const certificate = SSL_get0_peer_certificate(connection_.get()))
        text += ", certificate of " + subject_of(*certificate);
    return text;
}

}  // namespace calcinode::receive
