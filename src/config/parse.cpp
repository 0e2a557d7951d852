#include <algorithm>

#include "base/fd.hpp"
#include "config/alerts.hpp"
#include "config/config.hpp"
#include "config/consistency.hpp"
#include "config/environment.hpp"
#include "config/rules.hpp"
#include "config/section.hpp"

namespace calcinode::config {
namespace {

constexpr std::size_t largest_file_bytes = 1 << 20;
constexpr int day_s = 24 * 3600;
constexpr std::uint16_t highest_port = 65535;
// A CT of more than this is no CT, and the byte count must fit DCMTK's 32-bit lengths.
constexpr int most_object_mib = 4095;
constexpr int least_pdu_bytes = 4096, most_pdu_bytes = 131072;  // what DCMTK can handle
constexpr double most_volume_mm3 = 1e6;                         // a litre: no deposit comes near
constexpr int most_free_mib = 1 << 30;                          // 1 PiB
constexpr int most_gib = 1 << 20;                               // 1 PiB
constexpr int most_days = 36500;

void read_path(Section& section, const std::string& key, std::filesystem::path& field, const TextRule& rule) {
    std::string text = field.string();
    section.text(key, text, rule);
    field = text;
}

void read_node(Section& section, Node& node) {
    section.text("ae_title", node.ae_title, ae_title_rule);
    section.text("bind", node.bind, address_rule);
    section.number<std::uint16_t>("port", node.port, 0, highest_port);
    read_path(section, "data_dir", node.data_dir, absolute_path_rule);
}

void read_receive(Section& section, Receive& receive) {
    section.texts("allowed_callers", receive.allowed_callers, ae_title_rule);
    section.texts("allowed_addresses", receive.allowed_addresses, network_rule);
    section.boolean("check_called_ae", receive.check_called_ae);
    section.boolean("plain", receive.plain);
    section.number("max_associations", receive.max_associations, 1, 1000);
    section.number("max_associations_per_peer", receive.max_associations_per_peer, 1, 1000);
    section.number("max_pdu_bytes", receive.max_pdu_bytes, least_pdu_bytes, most_pdu_bytes);
    section.number("acse_timeout_s", receive.acse_timeout_s, 1, 300);
    section.number("idle_timeout_s", receive.idle_timeout_s, 1, 3600);
    section.number("message_timeout_s", receive.message_timeout_s, 1, day_s);
    section.number("association_timeout_s", receive.association_timeout_s, 1, 30 * day_s);
    section.number("shutdown_s", receive.shutdown_s, 0, 600);
    section.number("max_object_mib", receive.max_object_mib, 1, most_object_mib);
    section.number("minimum_free_mib", receive.minimum_free_mib, 0, most_free_mib);
}

// What a listener with TLS shows, trusts and asks for.
void read_certificates(Section& section, TlsFiles& files, ClientCertificate& asked_for) {
    read_path(section, "certificate", files.certificate, optional_path_rule);
    read_path(section, "private_key", files.private_key, optional_path_rule);
    read_path(section, "trusted", files.trusted, optional_path_rule);
    std::string client = asked_for == ClientCertificate::required   ? "required"
                         : asked_for == ClientCertificate::optional ? "optional"
                                                                    : "none";
    section.text("client_certificate", client, client_certificate_rule);
    asked_for = client == "required"   ? ClientCertificate::required
                : client == "optional" ? ClientCertificate::optional
                                       : ClientCertificate::none;
}

void read_tls(Section& section, Tls& tls) {
    section.number<std::uint16_t>("port", tls.port, 0, highest_port);
    read_certificates(section, tls.files, tls.client_certificate);
}

void read_study(Section& section, Study& study) {
    section.number("quiet_s", study.quiet_s, 1, day_s);
    section.number("gap_wait_s", study.gap_wait_s, 0, 7 * day_s);
    section.texts("urgent_callers", study.urgent_callers, ae_title_rule);
}

void read_analysis(Section& section, Analysis& analysis) {
    section.number("threads", analysis.threads, 1, 256);
    section.number("max_memory_mib", analysis.max_memory_mib, 0, 16 * 1024 * 1024);
    section.number("max_attempts", analysis.max_attempts, 1, 100);
    section.number("retry_first_s", analysis.retry_first_s, 1, 3600);
    section.number("retry_longest_s", analysis.retry_longest_s, 1, day_s);
}

void read_verdict(Section& section, Verdict& verdict) {
    section.number("positive_confidence", verdict.positive_confidence, 0.0, 1.0);
    section.number("positive_volume_mm3", verdict.positive_volume_mm3, 0.0, most_volume_mm3);
    section.number("indeterminate_confidence", verdict.indeterminate_confidence, 0.0, 1.0);
    section.number("severe_canal_percent", verdict.severe_canal_percent, 0.0, 100.0);
    section.number("moderate_canal_percent", verdict.moderate_canal_percent, 0.0, 100.0);
    section.number("moderate_volume_mm3", verdict.moderate_volume_mm3, 0.0, most_volume_mm3);
}

void read_results(Section& section, Results& results) {
    section.boolean("report_negative", results.report_negative);
    // Series Number is an IS of at most 2^31 - 1; four numbers in a row are used.
    section.number("first_series_number", results.first_series_number, 1, 2147483000);
    section.text("series_description", results.series_description, series_description_rule);
    section.boolean("figure_multi_frame", results.figure_multi_frame);
    section.boolean("figure_for_negative", results.figure_for_negative);
    section.boolean("figure_with_patient", results.figure_with_patient);
}

void read_priors(Section& section, Priors& priors) {
    section.text("host", priors.host, optional_host_rule);
    section.number<std::uint16_t>("port", priors.port, 1, highest_port);
    section.text("ae_title", priors.ae_title, optional_ae_title_rule);
    section.number("timeout_s", priors.timeout_s, 1, 300);
    section.number("altogether_s", priors.altogether_s, 1, 3600);
    section.number("years_back", priors.years_back, 1, 100);
    section.boolean("tls", priors.tls);
    section.text("certificate_name", priors.certificate_name, optional_host_rule);
}

void read_delivery(Section& section, Delivery& delivery) {
    section.number("retry_first_s", delivery.retry_first_s, 1, 3600);
    section.number("retry_longest_s", delivery.retry_longest_s, 1, day_s);
    section.number("park_after_h", delivery.park_after_h, 1, 24 * 365);
    section.number("commitment_timeout_s", delivery.commitment_timeout_s, 1, 7 * day_s);
}

void read_retention(Section& section, Retention& retention) {
    section.number("keep_days", retention.keep_days, 0, most_days);
    section.number("keep_failed_days", retention.keep_failed_days, 0, most_days);
    section.number("keep_results_days", retention.keep_results_days, 0, most_days);
    section.number("max_gib", retention.max_gib, 0, most_gib);
    section.number("free_mib", retention.free_mib, 0, most_free_mib);
}

void read_audit(Section& section, Audit& audit) {
    section.text("host", audit.host, optional_host_rule);
    section.number<std::uint16_t>("port", audit.port, 1, highest_port);
    section.text("transport", audit.transport, audit_transport_rule);
    section.text("certificate_name", audit.certificate_name, optional_host_rule);
    section.text("source_id", audit.source_id, short_text_rule);
}

void read_http(Section& section, Http& http) {
    section.boolean("enabled", http.enabled);
    section.text("bind", http.bind, address_rule);
    section.number<std::uint16_t>("port", http.port, 0, highest_port);
    read_path(section, "token_file", http.token_file, optional_path_rule);
    read_certificates(section, http.tls, http.client_certificate);
    section.boolean("show_patient_names", http.show_patient_names);
}

void read_log(Section& section, Log& log) {
    section.text("level", log.level, log_level_rule);
}

void read_destination(Section& section, Destination& destination) {
    for (const char* key : {"name", "host", "ae_title"}) section.require(key);
    section.text("name", destination.name, name_rule);
    section.text("host", destination.host, host_rule);
    section.text("ae_title", destination.ae_title, ae_title_rule);
    section.number<std::uint16_t>("port", destination.port, 1, highest_port);
    section.number("timeout_s", destination.timeout_s, 1, 3600);
    section.boolean("storage_commitment", destination.storage_commitment);
    section.boolean("tls", destination.tls);
    section.text("certificate_name", destination.certificate_name, optional_host_rule);
}

std::string list_of(const std::vector<std::string>& names) {
    std::string words;
    for (const auto& name : names) words += (words.empty() ? "" : ", ") + name;
    return words;
}

// Reads all sections of `document`, and says what each is called and which keys it has.
class Reader {
  public:
    Reader(const toml::table& document, std::vector<Mistake>& mistakes)
        : document_(&document), mistakes_(&mistakes) {}

    Config read(const Environment& environment = {}) {
        Config config;
        read_into(config);
        find_slips(sections_, environment, *mistakes_);
        return config;
    }

    // What the document does not say stays as it is in `config`.
    void read_into(Config& config) {
        section("node", config.node, read_node);
        section("receive", config.receive, read_receive);
        section("tls", config.tls, read_tls);
        section("study", config.study, read_study);
        section("analysis", config.analysis, read_analysis);
        section("verdict", config.verdict, read_verdict);
        section("results", config.results, read_results);
        section("priors", config.priors, read_priors);
        section("delivery", config.delivery, read_delivery);
        section("retention", config.retention, read_retention);
        section("audit", config.audit, read_audit);
        section("http", config.http, read_http);
        section("log", config.log, read_log);
        tables("destination", config.destinations, read_destination);
        tables("alert", config.alerts, read_alert);
        unknown_sections();
        check_together(config, *mistakes_);
    }

    std::vector<std::string> keys;
    Settings settings;

  private:
    template <class Fields, class Read>
    void section(const std::string& name, Fields& fields, Read read_fields) {
        sections_.push_back(name);
        const auto* node = document_->get(name);
        const auto* table = node ? node->as_table() : nullptr;
        if (node && !table)
            mistakes_->push_back(mistake_at(place_of(*node), name, "must be a section: [" + name + "]"));
        Section section(table, name, *mistakes_);
        read_fields(section, fields);
        section.finish();
        keep(name, section);
        keys.insert(keys.end(), section.keys().begin(), section.keys().end());
    }

    // All of [[name]], each with a name of its own.
    template <class Fields, class Read>
    void tables(const std::string& name, std::vector<Fields>& all, Read read_fields) {
        sections_.push_back(name);
        const auto* node = document_->get(name);
        const auto* entries = node ? node->as_array() : nullptr;
        if (node && (!entries || !entries->is_array_of_tables())) {
            mistakes_->push_back(mistake_at(place_of(*node), name, "must be written as [[" + name + "]]"));
            return;
        }
        if (!entries) return;
        for (const auto& entry : *entries) {
            Section section(entry.as_table(), name, *mistakes_);
            Fields fields;
            read_fields(section, fields);
            section.finish();
            const bool again = std::ranges::any_of(
                all, [&](const Fields& other) { return !other.name.empty() && other.name == fields.name; });
            if (again)
                mistakes_->push_back(
                    mistake_at(place_of(entry), name + ".name", "names an earlier " + name + " already"));
            all.push_back(std::move(fields));
        }
    }

    void unknown_sections() {
        for (const auto& [key, node] : *document_) {
            const std::string name(key.str());
            if (std::ranges::find(sections_, name) == sections_.end())
                mistakes_->push_back(
                    mistake_at(place_of(node), name, "is not known here; there are " + list_of(sections_)));
        }
    }

    void keep(const std::string& name, const Section& section) {
        for (const auto& [key, value] : section.settings()) settings[name + "." + key] = value;
    }

    const toml::table* document_;
    std::vector<Mistake>* mistakes_;
    std::vector<std::string> sections_;
};

}  // namespace

std::expected<Config, std::vector<Mistake>> parse(const std::string& toml_text,
                                                  const Environment& environment) {
    std::vector<Mistake> mistakes;
    try {
        toml::table document = toml::parse(toml_text);
        lay_over(document, environment, mistakes);
        Config config = Reader(document, mistakes).read(environment);
        if (mistakes.empty()) return config;
    } catch (const toml::parse_error& error) {
        const auto line = static_cast<int>(error.source().begin.line);
        mistakes.push_back({line, "", "is not TOML: " + std::string(error.description())});
    }
    std::ranges::stable_sort(mistakes, {}, &Mistake::line);
    return std::unexpected(mistakes);
}

std::expected<Config, std::vector<Mistake>> load(const std::filesystem::path& file,
                                                 const Environment& environment) {
    const auto text = read_file(file, largest_file_bytes);
    if (!text) return std::unexpected(std::vector<Mistake>{{0, "", text.error().what}});
    return parse(*text, environment);
}

Settings settings_of(const Config& config) {
    std::vector<Mistake> mistakes;
    const toml::table empty;
    Reader reader(empty, mistakes);
    Config copy = config;
    reader.read_into(copy);
    const auto add = [&](const std::string& name, auto& tables, auto read_fields) {
        for (auto& fields : tables) {
            Section section(nullptr, name, mistakes);
            read_fields(section, fields);
            for (const auto& [key, value] : section.settings())
                reader.settings[name + "." + fields.name + "." + key] = value;
        }
    };
    add("destination", copy.destinations, read_destination);
    add("alert", copy.alerts, read_alert);
    return reader.settings;
}

std::vector<std::string> known_keys() {
    std::vector<Mistake> mistakes;
    const toml::table empty;
    Reader reader(empty, mistakes);
    reader.read();
    auto keys = reader.keys;
    Section destinations(nullptr, "destination", mistakes), alerts(nullptr, "alert", mistakes);
    Destination destination;
    read_destination(destinations, destination);
    Alert alert;
    read_alert(alerts, alert);
    for (const auto* section : {&destinations, &alerts})
        keys.insert(keys.end(), section->keys().begin(), section->keys().end());
    return keys;
}

std::vector<std::string> names_of(const std::vector<Destination>& destinations) {
    std::vector<std::string> names;
    for (const auto& destination : destinations) names.push_back(destination.name);
    return names;
}

std::vector<std::string> names_of(const std::vector<Alert>& alerts) {
    std::vector<std::string> names;
    for (const auto& alert : alerts) names.push_back(alert.name);
    return names;
}

std::vector<std::string> receivers_of(const Config& config) {
    auto names = names_of(config.destinations);
    for (auto& name : names_of(config.alerts)) names.push_back(std::move(name));
    return names;
}

std::string to_string(const Mistake& mistake, const std::filesystem::path& file) {
    std::string text = mistake.variable.empty() ? file.string() : "environment variable " + mistake.variable;
    if (mistake.line > 0) text.append(":").append(std::to_string(mistake.line));
    text += ": ";
    if (!mistake.key.empty()) text.append(mistake.key).append(": ");
    return text + mistake.what;
}

}  // namespace calcinode::config
