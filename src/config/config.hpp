// The configuration: one typed struct, read from TOML and environment variables, every key checked. Defaults
// are those written here; each key is explained in config/calcinode.toml.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/tls.hpp"

namespace calcinode::config {

struct Node {
    std::string ae_title = "CALCINODE";
    std::string bind = "0.0.0.0";
    std::uint16_t port = 11112;
    std::filesystem::path data_dir = "/var/lib/calcinode";
    bool operator==(const Node&) const = default;
};

struct Receive {
    std::vector<std::string> allowed_callers;    // empty: all
    std::vector<std::string> allowed_addresses;  // addresses and networks; empty: all
    bool check_called_ae = true;
    bool plain = true;  // listen on node.port, without TLS
    int max_associations = 64;
    int max_associations_per_peer = 24;  // from one address
    int max_pdu_bytes = 131072;
    int acse_timeout_s = 15;
    int idle_timeout_s = 60;
    int message_timeout_s = 900;
    int association_timeout_s = 14400;
    int shutdown_s = 20;  // how long open associations may go on at SIGTERM
    int max_object_mib = 2048;
    int minimum_free_mib = 1024;  // below this much free space: A700H
    int prepared_mib = 256;       // files made ahead for images to be received into; 0: none
    bool operator==(const Receive&) const = default;
};

// What this node shows and trusts, both where it listens and where it connects to.
struct Tls {
    std::uint16_t port = 0;  // 0: no TLS listener
    TlsFiles files;          // keys certificate, private_key, trusted
    ClientCertificate client_certificate = ClientCertificate::none;
    bool operator==(const Tls&) const = default;
};

struct Study {
    int quiet_s = 60;                         // complete when no instance came for so long
    int gap_wait_s = 300;                     // a study with missing slices waits so long
    std::vector<std::string> urgent_callers;  // AE titles whose studies are analysed before others
    bool operator==(const Study&) const = default;
};

struct Analysis {
    int threads = 2;
    int max_memory_mib = 0;  // 0: what the machine, or the control group, allows
    int max_attempts = 3;
    int longest_s = 3600;    // then it is taken for stuck
    int retry_first_s = 30;  // doubled at each failure
    int retry_longest_s = 3600;
    bool operator==(const Analysis&) const = default;
};

// The thresholds of the verdict: see analysis/verdict.hpp, whose defaults these are.
struct Verdict {
    double positive_confidence = 0.5;
    double positive_volume_mm3 = 100;
    double indeterminate_confidence = 0.4;
    double severe_canal_percent = 35;
    double moderate_canal_percent = 10;
    double moderate_volume_mm3 = 5000;
    bool operator==(const Verdict&) const = default;
};

struct Results {
    bool report_negative = true;
    int first_series_number = 9001;
    std::string series_description = "CALC {verdict} {kind}";
    bool figure_multi_frame = false;
    bool figure_for_negative = false;
    bool figure_with_patient = false;
    bool operator==(const Results&) const = default;
};

// The kinds of objects that a result may have: Structured Report, segmentation, secondary capture, key
// objects.
inline constexpr std::array<std::string_view, 4> object_kinds{"sr", "seg", "sc", "ko"};

struct Destination {
    std::string name, host, ae_title;
    std::uint16_t port = 104;
    int timeout_s = 30;
    bool storage_commitment = false;
    bool tls = false;
    std::string certificate_name = {};  // that the peer's certificate must be for; empty: `host`
    std::vector<std::string> kinds{object_kinds.begin(), object_kinds.end()};  // of objects that go there
    bool operator==(const Destination&) const = default;
};

// The PACS that is asked for earlier results of a patient.
struct Priors {
    std::string host;  // empty: none is asked
    std::uint16_t port = 104;
    std::string ae_title;
    int timeout_s = 10;     // for each step
    int altogether_s = 60;  // for all that is asked for one study
    int years_back = 10;
    bool tls = false;
    std::string certificate_name;  // that the peer's certificate must be for; empty: `host`
    bool operator==(const Priors&) const = default;
};

enum class AlertKind { hl7, webhook };

// An HL7 v2 receiver (MLLP).
struct Hl7Receiver {
    std::string host;
    std::uint16_t port = 2575;
    bool tls = false;
    std::string sending_application = "CALCINODE", sending_facility;
    std::string receiving_application, receiving_facility;
    std::string patient_id_authority;     // of Patient IDs whose image names no issuer
    std::string character_set = "UTF-8";  // UTF-8, ISO-8859-1 or ASCII
    bool operator==(const Hl7Receiver&) const = default;
};

struct Webhook {
    std::string url;              // see base/url.hpp
    std::string format = "json";  // json or fhir
    std::filesystem::path secret_file, token_file;
    bool with_patient = false;
    bool operator==(const Webhook&) const = default;
};

// What may stand in braces in an alert's text; what each becomes is said in config/calcinode.toml.
inline constexpr std::array<std::string_view, 13> alert_placeholders{
    "verdict",    "severity",   "count",         "volume_ml", "level",     "compartment", "side",
    "leading_ml", "largest_ml", "canal_percent", "study_uid", "accession", "conclusion"};

// Whom a result is told to, besides where its objects go.
struct Alert {
    std::string name;
    AlertKind kind = AlertKind::hl7;
    std::vector<std::string> when{"positive", "indeterminate"};                // verdicts
    std::vector<std::string> parts{"severity", "volume", "deposits", "text"};  // what is told of the result
    std::string text = "{conclusion}";  // with alert_placeholders; see base/placeholders.hpp
    int timeout_s = 30;
    bool retry_rejected = false;    // what the receiver refuses for good is tried again all the same
    std::filesystem::path trusted;  // for TLS; empty: tls.trusted
    std::string certificate_name;   // that the receiver's certificate must be for; empty: its host
    Hl7Receiver hl7;
    Webhook webhook;
    bool operator==(const Alert&) const = default;
};

struct Delivery {
    int retry_first_s = 10;  // doubled at each failure
    int retry_longest_s = 3600;
    int park_after_h = 72;
    int commitment_timeout_s = 3600;  // then it is asked for again
    bool operator==(const Delivery&) const = default;
};

// What is kept how long; days count from a study's last image. 0: for ever, or no bound.
struct Retention {
    int keep_days = 30;           // images of what was analysed and delivered
    int keep_failed_days = 0;     // images of what could not be analysed
    int keep_results_days = 365;  // delivered results
    int max_gib = 0;              // of all images together
    int free_mib = 2048;          // with less free, the oldest go before their time
    bool operator==(const Retention&) const = default;
};

// The audit trail, to a syslog server.
struct Audit {
    std::string host;  // empty: none
    std::uint16_t port = 514;
    std::string transport = "udp";  // udp, tcp or tls
    std::string certificate_name;   // with tls, that the server's certificate must be for; empty: `host`
    std::string source_id;          // Audit Source ID; empty: the AE title
    bool operator==(const Audit&) const = default;
};

// The HTTP interface: dashboard, API, metrics and health.
struct Http {
    bool enabled = true;
    std::string bind = "127.0.0.1";
    std::uint16_t port = 8090;         // 0: any free one
    std::filesystem::path token_file;  // its first line is what requests must show; empty: nothing is
    TlsFiles tls;                      // keys certificate, private_key, trusted; without a certificate no TLS
    ClientCertificate client_certificate = ClientCertificate::none;
    bool show_patient_names = false;
    bool operator==(const Http&) const = default;
};

struct Log {
    std::string level = "info";  // debug, info, warn, error
    bool operator==(const Log&) const = default;
};

struct Config {
    Node node;
    Receive receive;
    Tls tls;
    Study study;
    Analysis analysis;
    Verdict verdict;
    Results results;
    Priors priors;
    std::vector<Destination> destinations;  // [[destination]]
    std::vector<Alert> alerts;              // [[alert]]
    Delivery delivery;
    Retention retention;
    Audit audit;
    Http http;
    Log log;
    bool operator==(const Config&) const = default;
};

std::vector<std::string> names_of(const std::vector<Destination>& destinations);
std::vector<std::string> names_of(const std::vector<Alert>& alerts);
// All that results are delivered to: destinations, then alerts.
std::vector<std::string> receivers_of(const Config& config);

// The token that HTTP requests must show; empty: none is asked for. An Error where its file can't be read, or
// what it holds is no token.
Result<std::string> token_of(const Http& http);

// Each mistake: line or environment variable, key and what is allowed.
struct Mistake {
    int line = 0;  // 0: of no line in particular
    std::string key, what;
    std::string variable = {};
};
std::string to_string(const Mistake& mistake, const std::filesystem::path& file);

// Names and values of environment variables: see environment.hpp for which of them are ours and what they
// say.
using Environment = std::vector<std::pair<std::string, std::string>>;
Environment process_environment();  // those that begin with CALCINODE_

// What a variable says takes precedence over the text.
std::expected<Config, std::vector<Mistake>> parse(const std::string& toml_text,
                                                  const Environment& environment = {});
std::expected<Config, std::vector<Mistake>> load(const std::filesystem::path& file,
                                                 const Environment& environment = process_environment());

// Every key with its value in words, destinations by their names ("destination.PACS.port"), so that two
// configurations can be compared key by key.
using Settings = std::map<std::string, std::string>;
Settings settings_of(const Config& config);

// Every key there is, as "section.key", in the order of the structs above.
std::vector<std::string> known_keys();

}  // namespace calcinode::config
