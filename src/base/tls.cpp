#include "base/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace calcinode {
namespace {

// For TLS 1.2, in our order of preference. TLS 1.3 has no others than such. The finite field ones are slow
// and stand last, for peers that know no elliptic curves.
constexpr const char* tls_1_2_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
constexpr const char* curves = "X25519:P-256:P-384:P-521";
// Of OpenSSL: RSA and Diffie-Hellman of 2048 bits, elliptic curves of 224, no SHA-1 in signatures.
constexpr int security_level = 2;

// What OpenSSL says of the last thing that went wrong in this thread.
std::string last_error() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* const reason = ERR_reason_error_string(code);
    return reason ? reason : "unknown reason";
}

std::unexpected<Error> failed(const char* what) {
    return fail(std::string("TLS: ") + what + ": " + last_error());
}

bool limit(SSL_CTX* context) {
    // No renegotiation, no compression: attacks on both are known. No tickets, no stored sessions:
    // associations are long, and each peer is to prove who it is each time.
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_security_level(context, security_level);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, tls_1_2_ciphers) == 1 &&
           SSL_CTX_set1_groups_list(context, curves) == 1 && SSL_CTX_set_dh_auto(context, 1) == 1;
}

// Never asks at a terminal for the passphrase of a key.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

bool show(SSL_CTX* context, const TlsFiles& files) {
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    return SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

bool ask_for(SSL_CTX* context, const TlsFiles& files, ClientCertificate client) {
    if (client == ClientCertificate::none) return true;
    if (SSL_CTX_load_verify_locations(context, files.trusted.c_str(), nullptr) != 1) return false;
    // Their names tell the peer which of its certificates to show.
    if (auto* const names = SSL_load_client_CA_file(files.trusted.c_str()))
        SSL_CTX_set_client_CA_list(context, names);
    const bool required = client == ClientCertificate::required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    return true;
}

bool expect(SSL_CTX* context, const std::string& peer_name) {
    auto* const parameters = SSL_CTX_get0_param(context);
    // What is no address is a name.
    const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(parameters, peer_name.c_str()) == 1;
    return is_address || X509_VERIFY_PARAM_set1_host(parameters, peer_name.c_str(), peer_name.size()) == 1;
}

}  // namespace

void FreeTlsContext::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

Result<TlsContext> tls_server_context(const TlsFiles& files, ClientCertificate client) {
    if (const auto found = examine(files, std::chrono::system_clock::now()); !found.unusable.empty())
        return fail(found.unusable.front());
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!context || !limit(context.get())) return failed("cannot be set up");
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (!show(context.get(), files)) return failed("the certificate cannot be used");
    if (!ask_for(context.get(), files, client)) return failed("the trusted certificates cannot be used");
    return context;
}

Result<> set_up_tls_client(ssl_ctx_st& context, const TlsFiles& files, const std::string& peer_name) {
    if (const auto found = examine(files, std::chrono::system_clock::now()); !found.unusable.empty())
        return fail(found.unusable.front());
    if (!limit(&context)) return failed("cannot be set up");
    if (!files.certificate.empty() && !show(&context, files)) return failed("the certificate cannot be used");
    if (SSL_CTX_load_verify_locations(&context, files.trusted.c_str(), nullptr) != 1)
        return failed("the trusted certificates cannot be used");
    if (!expect(&context, peer_name)) return failed("the peer's name cannot be that of a certificate");
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    return {};
}

std::string certificate_mistake(int error, const std::string& expected_name) {
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "its certificate, or one above it, has expired";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet; compare the clocks";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is not for " + expected_name +
                   "; if it is the right peer, set certificate_name to the name in it";
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "its certificate comes from none of those in tls.trusted";
        default:
            return std::string("its certificate is not accepted: ") + X509_verify_cert_error_string(error);
    }
}

}  // namespace calcinode
