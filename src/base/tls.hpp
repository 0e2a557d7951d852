// TLS as this node speaks it: version 1.2 or 1.3, ciphers with forward secrecy and authenticated encryption
// only, as BCP 195 (RFC 7525, RFC 9325) and the non-downgrading profile of DICOM (PS3.15 B.10) ask for.
//
// Files are PEM. Nothing here talks to a network.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace calcinode {

// Empty paths: none of that kind.
struct TlsFiles {
    std::filesystem::path certificate;  // ours first, then those that lead to a root
    std::filesystem::path private_key;  // without a passphrase
    std::filesystem::path trusted;      // the roots that peers' certificates must come from
    bool operator==(const TlsFiles&) const = default;
};

// Whether a peer that connects shows a certificate, which must then be a trusted one.
enum class ClientCertificate { none, optional, required };

// What is amiss with the files, each in a sentence that begins with the path.
struct TlsFindings {
    std::vector<std::string> unusable;  // no TLS is possible with them
    std::vector<std::string> doubtful;  // it is, but: a certificate is not yet or no longer valid, or soon
                                        // won't be; everybody may read the private key
};
TlsFindings examine(const TlsFiles& files, std::chrono::system_clock::time_point now);

struct CertificateDate {
    std::string subject;
    std::chrono::system_clock::time_point until;  // valid
};
// Of all certificates in a file, in its order; none where it can't be read.
std::vector<CertificateDate> certificate_dates(const std::filesystem::path& file);
// "2027-01-31 13:45 UTC"
std::string in_words(std::chrono::system_clock::time_point when);
// With less time left, it is time to get a new certificate.
inline constexpr std::chrono::days certificate_expires_soon{30};

struct FreeTlsContext {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

// For a node that is connected to. The files are read once, here.
Result<TlsContext> tls_server_context(const TlsFiles& files, ClientCertificate client);

// For a node that connects, on a context that somebody else owns. The peer's certificate must come from one
// that is trusted, and be for `peer_name`: a host name or an IP address. Our own, where there is one, is
// shown if asked for.
Result<> set_up_tls_client(ssl_ctx_st& context, const TlsFiles& files, const std::string& peer_name);

// Why a peer's certificate was not accepted: an error of OpenSSL's verification (X509_V_ERR_...) in a
// sentence.
std::string certificate_mistake(int error, const std::string& expected_name);

}  // namespace calcinode
