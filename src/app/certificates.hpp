// The certificates that the node shows and trusts, and how long they hold.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace calcinode::app {

struct CertificateInUse {
    std::string use;  // "tls", "http"; "tls_trusted", "http_trusted"; "alert NAME": what that alert trusts
    std::string file;
    std::string subject;
    std::chrono::system_clock::time_point until;  // valid
};

// One for each file of the configuration, as it is now. Of those that are shown, which lead to a root
// together, the one that expires first; of those that are trusted, each of which is enough by itself, the one
// that expires last.
std::vector<CertificateInUse> certificates_in_use(const config::Config& config);

// "tls: /etc/...: the certificate of /CN=... is valid until 2027-01-31 13:45 UTC", or that it was.
std::string in_words(const CertificateInUse& certificate, std::chrono::system_clock::time_point now);

// A warning in the log for whatever is doubtful about the files of TLS, when they are taken into use.
void warn_of_doubts(const config::Config& config, std::chrono::system_clock::time_point now);

// A warning in the log for each that has expired, or soon will have.
void warn_of_expiry(const std::vector<CertificateInUse>& certificates,
                    std::chrono::system_clock::time_point now);

}  // namespace calcinode::app
