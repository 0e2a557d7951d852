#include "config/alerts.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/url.hpp"
#include "config/rules.hpp"

namespace calcinode::config {
namespace {

using Words = std::initializer_list<std::string_view>;

// One of these words.
TextRule one_of(Words words) {
    return [allowed = std::vector<std::string>(words.begin(), words.end())](const std::string& text) {
        if (std::ranges::find(allowed, text) != allowed.end()) return std::string();
        std::string what = "must be one of";
        for (const auto& word : allowed) what += (&word == &allowed.front() ? " \"" : ", \"") + word + "\"";
        return what;
    };
}

void read_path(Section& section, const std::string& key, std::filesystem::path& field) {
    std::string text = field.string();
    section.text(key, text, optional_path_rule);
    field = text;
}

void read_hl7(Section& section, Hl7Receiver& hl7, bool used) {
    if (used) section.require("host");
    section.text("host", hl7.host, used ? host_rule : optional_host_rule);
    section.number<std::uint16_t>("port", hl7.port, 1, 65535);
    section.boolean("tls", hl7.tls);
    section.text("sending_application", hl7.sending_application, short_text_rule);
    section.text("sending_facility", hl7.sending_facility, short_text_rule);
    section.text("receiving_application", hl7.receiving_application, short_text_rule);
    section.text("receiving_facility", hl7.receiving_facility, short_text_rule);
    section.text("patient_id_authority", hl7.patient_id_authority, short_text_rule);
    section.text("character_set", hl7.character_set, one_of({"UTF-8", "ISO-8859-1", "ASCII"}));
}

void read_webhook(Section& section, Webhook& webhook, bool used) {
    if (used) section.require("url");
    section.text("url", webhook.url, used ? url_rule : optional_url_rule);
    section.text("format", webhook.format, one_of({"json", "fhir"}));
    read_path(section, "secret_file", webhook.secret_file);
    read_path(section, "token_file", webhook.token_file);
    section.boolean("with_patient", webhook.with_patient);
}

}  // namespace

void read_alert(Section& section, Alert& alert) {
    for (const char* key : {"name", "kind"}) section.require(key);
    section.text("name", alert.name, name_rule);
    std::string kind = alert.kind == AlertKind::webhook ? "webhook" : "hl7";
    section.text("kind", kind, one_of({"hl7", "webhook"}));
    alert.kind = kind == "webhook" ? AlertKind::webhook : AlertKind::hl7;
    section.texts("when", alert.when, one_of({"positive", "indeterminate", "negative"}));
    section.texts("parts", alert.parts, one_of({"severity", "volume", "deposits", "text"}));
    section.text("text", alert.text, alert_text_rule);
    section.number("timeout_s", alert.timeout_s, 1, 3600);
    section.boolean("retry_rejected", alert.retry_rejected);
    read_path(section, "trusted", alert.trusted);
    section.text("certificate_name", alert.certificate_name, optional_host_rule);
    read_hl7(section, alert.hl7, alert.kind == AlertKind::hl7);
    read_webhook(section, alert.webhook, alert.kind == AlertKind::webhook);
}

void check_alerts(const Config& config, std::vector<Mistake>& mistakes) {
    for (const auto& alert : config.alerts) {
        const auto wrong = [&](const char* key, const char* what) {
            mistakes.push_back({0, key, "of " + alert.name + " " + what});
        };
        const bool webhook = alert.kind == AlertKind::webhook;
        if (webhook && alert.webhook.format == "json" && alert.webhook.secret_file.empty())
            wrong("alert.secret_file", "must be set: the receiver knows by the signature that it is us");
        if (webhook && !alert.hl7.host.empty()) wrong("alert.host", "is of use only where kind is \"hl7\"");
        if (!webhook && !alert.webhook.url.empty())
            wrong("alert.url", "is of use only where kind is \"webhook\"");
        const auto url = Url::parse(alert.webhook.url);
        const bool tls = webhook ? url && url->tls : alert.hl7.tls;
        if (tls && alert.trusted.empty() && config.tls.files.trusted.empty())
            wrong("alert.trusted", "or tls.trusted must be set, to know the receiver by");
        if (!tls && !alert.certificate_name.empty())
            wrong("alert.certificate_name", "is of use only with TLS");
        const auto destinations = names_of(config.destinations);
        if (std::ranges::find(destinations, alert.name) != destinations.end())
            wrong("alert.name", "is the name of a destination already");
    }
}

}  // namespace calcinode::config
