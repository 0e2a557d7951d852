#include <algorithm>

#include "base/fd.hpp"
#include "base/words.hpp"
#include "config/alerts.hpp"
#include "config/config.hpp"
#include "config/consistency.hpp"
#include "config/environment.hpp"
#include "config/fields.hpp"
#include "config/section.hpp"

namespace calcinode::config {
namespace {

constexpr std::size_t largest_file_bytes = 1 << 20;

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
                    mistake_at(place_of(node), name, "is not known here; there are " + listed(sections_)));
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
