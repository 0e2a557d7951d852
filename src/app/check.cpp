#include "app/check.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdio>

#include "app/certificates.hpp"
#include "base/words.hpp"
#include "config/config.hpp"
#include "notify/alerts.hpp"

namespace calcinode::app {
namespace {

std::string ports_of(const config::Config& config) {
    const auto with_tls = std::to_string(config.tls.port) + " with TLS";
    if (!config.receive.plain) return with_tls;
    return std::to_string(config.node.port) + (config.tls.port == 0 ? "" : " and " + with_tls);
}

// Says what is amiss with the files of TLS; false where nothing can be done with them.
bool look_at_tls(const TlsFiles& files) {
    const auto found = examine(files, std::chrono::system_clock::now());
    for (const auto& mistake : found.unusable) fmt::print("{}\n", mistake);
    for (const auto& doubt : found.doubtful) fmt::print("Beware: {}\n", doubt);
    return found.unusable.empty();
}

// Says what is amiss with the file of the HTTP token; false where it can't be used.
bool look_at_token(const config::Http& http) {
    const auto token = config::token_of(http);
    if (!token) fmt::print("{}\n", token.error().what);
    return token.has_value();
}

// Says which secrets of alerts can't be read; false where there is one.
bool look_at_secrets(const std::vector<config::Alert>& alerts) {
    bool all_read = true;
    for (const auto& alert : alerts)
        for (const auto& mistake : notify::unreadable_secrets(alert)) {
            fmt::print("{}\n", mistake);
            all_read = false;
        }
    return all_read;
}

std::string way_of(const config::Alert& alert) {
    if (alert.kind == config::AlertKind::webhook) return alert.webhook.format + " to " + alert.webhook.url;
    return fmt::format("HL7 to {}:{}{}", alert.hl7.host, alert.hl7.port, alert.hl7.tls ? " with TLS" : "");
}

void explain(const config::Config& config) {
    fmt::print(
        "Listens on {}, port {}, as {}{}; takes images from {} at {}, by {} associations at once, {} of them "
        "from one address.\n",
        config.node.bind, ports_of(config), config.node.ae_title,
        config.receive.check_called_ae ? "" : " (and under any other called AE title)",
        listed(config.receive.allowed_callers, "every calling AE title"),
        listed(config.receive.allowed_addresses, "every address"), config.receive.max_associations,
        config.receive.max_associations_per_peer);
    fmt::print("Keeps everything below {}.\n", config.node.data_dir.string());
    fmt::print("A study is analysed {} s after its last image, {} s where slices are missing.\n",
               config.study.quiet_s, config.study.gap_wait_s);
    fmt::print("Negative studies get {}.\n",
               config.results.report_negative ? "a Structured Report that says so" : "no object");
    if (config.destinations.empty()) fmt::print("No destination: results are kept and sent nowhere.\n");
    for (const auto& destination : config.destinations)
        fmt::print("Sends {} to {}: {} at {}:{}.\n", listed(destination.kinds), destination.name,
                   destination.ae_title, destination.host, destination.port);
    if (!config.priors.host.empty())
        fmt::print("Asks {} at {}:{} for earlier results.\n", config.priors.ae_title, config.priors.host,
                   config.priors.port);
    const auto now = std::chrono::system_clock::now();
    for (const auto& certificate : certificates_in_use(config))
        fmt::print("{}.\n", in_words(certificate, now));
    for (const auto& alert : config.alerts)
        fmt::print("Tells {} of {} studies, by {}.\n", alert.name, listed(alert.when, "no"), way_of(alert));
}

}  // namespace

int check(const std::filesystem::path& config_file) {
    const auto config = config::load(config_file);
    if (!config) {
        for (const auto& mistake : config.error()) fmt::print("{}\n", to_string(mistake, config_file));
        return exit_bad_config;
    }
    if (!look_at_tls(config->tls.files) || !look_at_tls(config->http.tls) || !look_at_token(config->http) ||
        !look_at_secrets(config->alerts))
        return exit_bad_config;
    explain(*config);
    return 0;
}

}  // namespace calcinode::app
