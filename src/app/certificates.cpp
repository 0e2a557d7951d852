#include "app/certificates.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/tls.hpp"

namespace calcinode::app {
namespace {

enum class Counts { first_to_expire, last_to_expire };

void add(std::vector<CertificateInUse>& all, std::string use, const std::filesystem::path& file,
         Counts counts) {
    const auto dates = file.empty() ? std::vector<CertificateDate>{} : certificate_dates(file);
    if (dates.empty()) return;
    const auto [first, last] = std::ranges::minmax_element(dates, {}, &CertificateDate::until);
    const auto& one = counts == Counts::first_to_expire ? *first : *last;
    all.push_back({std::move(use), file.string(), one.subject, one.until});
}

}  // namespace

std::vector<CertificateInUse> certificates_in_use(const config::Config& config) {
    std::vector<CertificateInUse> all;
    add(all, "tls", config.tls.files.certificate, Counts::first_to_expire);
    add(all, "tls_trusted", config.tls.files.trusted, Counts::last_to_expire);
    add(all, "http", config.http.tls.certificate, Counts::first_to_expire);
    add(all, "http_trusted", config.http.tls.trusted, Counts::last_to_expire);
    for (const auto& alert : config.alerts)
        add(all, "alert " + alert.name, alert.trusted, Counts::last_to_expire);
    return all;
}

std::string in_words(const CertificateInUse& certificate, std::chrono::system_clock::time_point now) {
    return fmt::format("{}: {}: the certificate of {} {} valid until {}", certificate.use, certificate.file,
                       certificate.subject, certificate.until < now ? "was" : "is",
                       calcinode::in_words(certificate.until));
}

void warn_of_doubts(const config::Config& config, std::chrono::system_clock::time_point now) {
    for (const auto* files : {&config.tls.files, &config.http.tls})
        for (const auto& doubt : examine(*files, now).doubtful) spdlog::warn("{}", doubt);
}

void warn_of_expiry(const std::vector<CertificateInUse>& certificates,
                    std::chrono::system_clock::time_point now) {
    for (const auto& certificate : certificates)
        if (certificate.until - now < certificate_expires_soon)
            spdlog::warn("{}; get a new one, and restart", in_words(certificate, now));
}

}  // namespace calcinode::app
