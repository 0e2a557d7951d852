#include "config/fields.hpp"

#include "config/rules.hpp"

namespace calcinode::config {
namespace {

constexpr int day_s = 24 * 3600;
constexpr std::uint16_t highest_port = 65535;
// A CT of more than this is no CT, and the byte count must fit DCMTK's 32-bit lengths.
constexpr int most_object_mib = 4095;
constexpr int least_pdu_bytes = 4096, most_pdu_bytes = 131072;  // what DCMTK can handle
constexpr double most_volume_mm3 = 1e6;                         // a litre: no deposit comes near
constexpr int most_free_mib = 1 << 30;                          // 1 PiB
constexpr int most_prepared_mib = 1 << 16;                      // 64 GiB
constexpr int most_gib = 1 << 20;                               // 1 PiB
constexpr int most_days = 36500;

void read_path(Section& section, const std::string& key, std::filesystem::path& field, const TextRule& rule) {
    std::string text = field.string();
    section.text(key, text, rule);
    field = text;
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

}  // namespace

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
    section.number("prepared_mib", receive.prepared_mib, 0, most_prepared_mib);
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
    section.number("longest_s", analysis.longest_s, 1, day_s);
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
    section.texts("kinds", destination.kinds, object_kind_rule);
}

}  // namespace calcinode::config
