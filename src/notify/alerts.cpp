#include "notify/alerts.hpp"

#include <algorithm>

#include "base/fd.hpp"
#include "base/uid.hpp"
#include "dicom/study_header.hpp"
#include "notify/facts.hpp"
#include "notify/hl7_message.hpp"
#include "notify/json_message.hpp"
#include "notify/mllp_receiver.hpp"
#include "notify/webhook_receiver.hpp"

namespace calcinode::notify {
namespace {

bool is_wanted(const config::Alert& alert, Verdict verdict) {
    return std::ranges::find(alert.when, to_string(verdict)) != alert.when.end();
}

bool was_told(const config::Alert& alert, const Revision& revision) {
    return std::ranges::find(revision.told, alert.name) != revision.told.end();
}

std::string message_of(const Facts& facts) {
    if (facts.alert.kind == config::AlertKind::hl7) return hl7_message(facts);
    return facts.alert.webhook.format == "fhir" ? fhir_message(facts) : json_message(facts);
}

Result<AlertFile> write_alert(const Facts& facts, const std::filesystem::path& folder) {
    // The configuration takes only names that are fit for a file.
    const auto* const suffix = facts.alert.kind == config::AlertKind::hl7 ? ".hl7" : ".json";
    const auto file = folder / ("alert-" + facts.alert.name + suffix);
    if (auto written = write_file_atomically(file, message_of(facts)); !written)
        return std::unexpected(written.error());
    return AlertFile{facts.alert.name, facts.uid, file};
}

std::optional<ClientTls> client_tls(const config::Alert& alert, const config::Tls& tls) {
    auto files = tls.files;
    if (!alert.trusted.empty()) files.trusted = alert.trusted;
    return ClientTls{files, alert.certificate_name};
}

}  // namespace

Result<std::vector<AlertFile>> write_alerts(const std::vector<config::Alert>& alerts,
                                            const report::StudyOutcome& outcome, const Revision& revision,
                                            const std::string& identity, const std::filesystem::path& image,
                                            const std::filesystem::path& folder) {
    std::vector<AlertFile> files;
    std::optional<dicom::StudyHeader> header;
    for (const auto& alert : alerts) {
        const bool corrects = was_told(alert, revision);
        if (!outcome.findings || !(corrects || is_wanted(alert, outcome.findings->verdict))) continue;
        if (!header) {
            auto read = dicom::read_study_header(image);
            if (!read) return std::unexpected(read.error());
            header = std::move(*read);
        }
        const auto uid = Uid::derived_from({"calcinode", identity, "alert", alert.name}).str();
        auto file = write_alert({alert, *outcome.findings, *header, uid, now_ms(), revision.number, corrects},
                                folder);
        if (!file) return std::unexpected(file.error());
        files.push_back(std::move(*file));
    }
    return files;
}

std::unique_ptr<deliver::Peer> make_receiver(const config::Alert& alert, const config::Tls& tls) {
    const auto& hl7 = alert.hl7;
    if (alert.kind == config::AlertKind::hl7)
        return std::make_unique<MllpReceiver>(
            MllpOptions{{hl7.host, hl7.port, hl7.tls ? client_tls(alert, tls) : std::nullopt},
                        alert.timeout_s,
                        alert.retry_rejected});
    const auto& webhook = alert.webhook;
    auto url = Url::parse(webhook.url).value();  // the configuration was checked
    auto secure = url.tls ? client_tls(alert, tls) : std::nullopt;
    return std::make_unique<WebhookReceiver>(WebhookOptions{.url = std::move(url),
                                                            .tls = std::move(secure),
                                                            .fhir = webhook.format == "fhir",
                                                            .secret_file = webhook.secret_file,
                                                            .token_file = webhook.token_file,
                                                            .timeout_s = alert.timeout_s,
                                                            .retry_rejected = alert.retry_rejected});
}

std::string host_of(const config::Alert& alert) {
    if (alert.kind == config::AlertKind::hl7) return alert.hl7.host;
    return Url::parse(alert.webhook.url).value().host;
}

std::vector<std::string> unreadable_secrets(const config::Alert& alert) {
    std::vector<std::string> mistakes;
    for (const auto& file : {alert.webhook.secret_file, alert.webhook.token_file}) {
        if (file.empty()) continue;
        if (const auto secret = read_secret(file); !secret)
            mistakes.push_back("alert " + alert.name + ": " + secret.error().what);
    }
    return mistakes;
}

}  // namespace calcinode::notify
