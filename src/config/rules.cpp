#include "config/rules.hpp"

#include <algorithm>
#include <string_view>

#include "base/ip_address.hpp"
#include "base/placeholders.hpp"
#include "base/url.hpp"
#include "config/config.hpp"

namespace calcinode::config {
namespace {

constexpr std::size_t longest_ae_title = 16;  // PS3.5, value representation AE
constexpr std::size_t longest_host = 253;     // RFC 1035
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_description = 64;  // PS3.5, value representation LO
constexpr std::size_t longest_short_text = 100;
constexpr std::size_t longest_alert_text = 2000;

// The longest that report/series_text.hpp puts in their places.
const Placeholders longest_values{
    {"verdict", "INDETERMINATE"}, {"severity", "MODERATE"}, {"kind", "SEGMENTATION"}};

constexpr std::size_t shortest_token = 16;  // nobody guesses so many by trying
constexpr std::size_t longest_token = 256;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view also_allowed) {
    return std::ranges::all_of(text, [&](char c) {
        return is_letter_or_digit(c) || also_allowed.find(c) != std::string_view::npos;
    });
}

}  // namespace

std::string ae_title_rule(const std::string& text) {
    const bool printable =
        std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    const bool padded = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    if (text.empty() || text.size() > longest_ae_title || !printable || padded)
        return "must be an AE title: 1 to 16 printable ASCII characters, no backslash, no space at either "
               "end";
    return "";
}

std::string optional_ae_title_rule(const std::string& text) {
    return text.empty() ? "" : ae_title_rule(text);
}

std::string address_rule(const std::string& text) {
    if (IpAddress::parse(text)) return "";
    return "must be an IP address such as 0.0.0.0 (all interfaces, IPv4), :: (all, both) or 127.0.0.1";
}

std::string network_rule(const std::string& text) {
    const auto network = IpNetwork::parse(text);
    return network ? "" : network.error().what;
}

std::string host_rule(const std::string& text) {
    if (!text.empty() && text.size() <= longest_host && all_of(text, ".-_")) return "";
    return "must be a host name or an IPv4 address";
}

std::string optional_host_rule(const std::string& text) {
    return text.empty() ? "" : host_rule(text);
}

std::string absolute_path_rule(const std::string& text) {
    if (!text.empty() && text.front() == '/' && text.find('\0') == std::string::npos) return "";
    return "must be an absolute path";
}

std::string optional_path_rule(const std::string& text) {
    return text.empty() ? "" : absolute_path_rule(text);
}

std::string client_certificate_rule(const std::string& text) {
    if (text == "none" || text == "optional" || text == "required") return "";
    return R"(must be "none", "optional" or "required")";
}

std::string name_rule(const std::string& text) {
    if (!text.empty() && text.size() <= longest_name && all_of(text, "-_.")) return "";
    return "must be 1 to 64 letters, digits, dots, hyphens or underscores";
}

std::string series_description_rule(const std::string& text) {
    if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; }))
        return "must be printable ASCII without backslash, which every character set shares";
    const auto longest = filled_in(text, longest_values);
    if (!longest) return longest.error().what;
    const auto length = single_spaced(*longest).size();
    if (length > longest_description)
        return "gives up to " + std::to_string(length) + " characters; " +
               std::to_string(longest_description) + " are allowed";
    if (text.find("{verdict}") == std::string::npos)
        return "must hold {verdict}: lists and rules tell positive studies from others by it";
    return "";
}

std::string alert_text_rule(const std::string& text) {
    if (text.size() > longest_alert_text) return "must be at most 2000 bytes long";
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }))
        return "must be one line without control characters";
    Placeholders known;
    for (const auto name : alert_placeholders) known.emplace_back(name, "");
    const auto filled = filled_in(text, known);
    return filled ? "" : filled.error().what;
}

std::string token_rule(const std::string& text) {
    const bool shown = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
    if (shown && text.size() >= shortest_token && text.size() <= longest_token) return "";
    return "must be 16 to 256 printable ASCII characters without spaces, for example what `openssl rand -hex "
           "32` prints";
}

std::string log_level_rule(const std::string& text) {
    if (text == "debug" || text == "info" || text == "warn" || text == "error") return "";
    return R"(must be "debug", "info", "warn" or "error")";
}

std::string audit_transport_rule(const std::string& text) {
    if (text == "udp" || text == "tcp" || text == "tls") return "";
    return R"(must be "udp", "tcp" or "tls")";
}

std::string object_kind_rule(const std::string& text) {
    if (std::ranges::find(object_kinds, text) != object_kinds.end()) return "";
    return R"(must be "sr", "seg", "sc" or "ko")";
}

std::string url_rule(const std::string& text) {
    const auto url = Url::parse(text);
    return url ? "" : url.error().what;
}

std::string optional_url_rule(const std::string& text) {
    return text.empty() ? "" : url_rule(text);
}

std::string short_text_rule(const std::string& text) {
    const bool printable = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (printable && text.size() <= longest_short_text) return "";
    return "must be at most 100 printable ASCII characters";
}

}  // namespace calcinode::config
