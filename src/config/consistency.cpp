#include "config/consistency.hpp"

#include "base/ip_address.hpp"
#include "config/alerts.hpp"

namespace calcinode::config {
namespace {

// Of two keys that belong together, the one that must not be above or below the other.
void order(const Config& config, std::vector<Mistake>& mistakes) {
    const auto& verdict = config.verdict;
    if (verdict.indeterminate_confidence > verdict.positive_confidence)
        mistakes.push_back(
            {0, "verdict.indeterminate_confidence", "must not be more than positive_confidence"});
    if (verdict.moderate_canal_percent > verdict.severe_canal_percent)
        mistakes.push_back(
            {0, "verdict.moderate_canal_percent", "must not be more than severe_canal_percent"});
    if (config.analysis.retry_longest_s < config.analysis.retry_first_s)
        mistakes.push_back({0, "analysis.retry_longest_s", "must not be less than retry_first_s"});
    if (config.delivery.retry_longest_s < config.delivery.retry_first_s)
        mistakes.push_back({0, "delivery.retry_longest_s", "must not be less than retry_first_s"});
}

// What each listener needs.
void listeners(const Config& config, std::vector<Mistake>& mistakes) {
    const auto& tls = config.tls;
    const auto wrong = [&](const char* key, const char* what) { mistakes.push_back({0, key, what}); };
    if (tls.files.certificate.empty() != tls.files.private_key.empty())
        wrong("tls.certificate", "goes together with tls.private_key: set both or none");
    if (!config.receive.plain && tls.port == 0)
        wrong("receive.plain", "may be false only where tls.port is set; else nobody could send");
    if (tls.port == 0) return;
    if (tls.files.certificate.empty() && tls.files.private_key.empty())
        wrong("tls.certificate", "must be set where tls.port is");
    if (config.receive.plain && tls.port == config.node.port)
        wrong("tls.port", "must not be node.port, which takes associations without TLS");
    if (tls.client_certificate != ClientCertificate::none && tls.files.trusted.empty())
        wrong("tls.trusted", "must be set where client certificates are looked at");
}

void destinations(const Config& config, std::vector<Mistake>& mistakes) {
    for (const auto& destination : config.destinations) {
        const auto wrong = [&](const char* key, const char* what) {
            mistakes.push_back({0, key, "of " + destination.name + " " + what});
        };
        if (destination.tls && config.tls.files.trusted.empty())
            wrong("destination.tls", "needs tls.trusted, to know the destination by");
        if (!destination.tls && !destination.certificate_name.empty())
            wrong("destination.certificate_name", "is of use only with tls = true");
        if (destination.kinds.empty())
            wrong("destination.kinds",
                  "must name at least one kind: a destination that gets nothing is none");
    }
}

void priors(const Config& config, std::vector<Mistake>& mistakes) {
    const auto& priors = config.priors;
    const auto wrong = [&](const char* key, const char* what) { mistakes.push_back({0, key, what}); };
    if (priors.host.empty() != priors.ae_title.empty())
        wrong("priors.ae_title", "goes together with priors.host: set both or none");
    if (priors.tls && config.tls.files.trusted.empty())
        wrong("priors.tls", "needs tls.trusted, to know the PACS by");
    if (!priors.tls && !priors.certificate_name.empty())
        wrong("priors.certificate_name", "is of use only with tls = true");
}

// Whoever reaches another address than loopback must show a token or a certificate.
void http(const Config& config, std::vector<Mistake>& mistakes) {
    const auto& http = config.http;
    const auto wrong = [&](const char* key, const char* what) { mistakes.push_back({0, key, what}); };
    if (http.tls.certificate.empty() != http.tls.private_key.empty())
        wrong("http.certificate", "goes together with http.private_key: set both or none");
    const bool looks_at_certificates = http.client_certificate != ClientCertificate::none;
    if (looks_at_certificates && http.tls.certificate.empty())
        wrong("http.client_certificate", "needs http.certificate: without TLS nobody can show one");
    if (looks_at_certificates && http.tls.trusted.empty())
        wrong("http.trusted", "must be set where client certificates are looked at");
    const auto address = IpAddress::parse(http.bind);
    const bool open_to_others = http.enabled && address && !address->is_loopback();
    if (open_to_others && http.token_file.empty() && http.client_certificate != ClientCertificate::required)
        wrong("http.bind",
              "may be another address than 127.0.0.1 or ::1 only with http.token_file, or with "
              "http.client_certificate = \"required\"");
}

}  // namespace

void check_together(const Config& config, std::vector<Mistake>& mistakes) {
    order(config, mistakes);
    listeners(config, mistakes);
    destinations(config, mistakes);
    priors(config, mistakes);
    check_alerts(config, mistakes);
    if (config.audit.transport == "tls" && !config.audit.host.empty() && config.tls.files.trusted.empty())
        mistakes.push_back({0, "audit.transport", "needs tls.trusted, to know the syslog server by"});
    http(config, mistakes);
}

}  // namespace calcinode::config
