#include "notify/facts.hpp"

#include <algorithm>
#include <ctime>

#include "base/decimals.hpp"
#include "base/placeholders.hpp"
#include "report/wording.hpp"

namespace calcinode::notify {
namespace {

constexpr const char* nothing = "-";

std::string of_leading(const Findings& findings, std::string_view name) {
    const auto* const leading = findings.leading();
    if (!leading) return nothing;
    if (name == "level") return report::level_text(*leading);
    if (name == "compartment") return std::string(to_string(leading->compartment));
    if (name == "side") return std::string(to_string(leading->side));
    if (name == "leading_ml") return report::millilitres(leading->volume_mm3);
    if (name == "largest_ml") return report::millilitres(findings.deposits.front().volume_mm3);
    return with_decimals(leading->canal_occupied_percent, 0);  // canal_percent
}

std::string value_of(const Facts& facts, std::string_view name) {
    const auto& findings = facts.findings;
    if (name == "verdict") return std::string(to_string(findings.verdict));
    if (name == "severity") return std::string(to_string(findings.severity));
    if (name == "count") return std::to_string(findings.deposits.size());
    if (name == "volume_ml") return report::millilitres(findings.total_volume_mm3());
    if (name == "study_uid") return facts.header.study_uid;
    if (name == "accession") return facts.header.accession.empty() ? nothing : facts.header.accession;
    if (name == "conclusion") return report::conclusion(findings);
    return of_leading(findings, name);
}

std::string formatted(UnixMillis when, const char* format) {
    const std::time_t seconds = when / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32] = "";
    std::strftime(text, sizeof text, format, &utc);
    return text;
}

}  // namespace

bool Facts::tells(std::string_view part) const {
    return std::ranges::find(alert.parts, part) != alert.parts.end();
}

std::string text_of(const Facts& facts) {
    Placeholders values;
    for (const auto name : config::alert_placeholders) values.emplace_back(name, value_of(facts, name));
    return filled_in(facts.alert.text, values).value_or("");  // checked when the configuration was read
}

std::string compact_time(UnixMillis when) {
    return formatted(when, "%Y%m%d%H%M%S");
}

std::string iso_time(UnixMillis when) {
    return formatted(when, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace calcinode::notify
