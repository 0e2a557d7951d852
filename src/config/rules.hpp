// What the texts of the configuration may hold. Each returns what is wrong, or "".
#pragma once

#include <string>

namespace calcinode::config {

std::string ae_title_rule(const std::string& text);  // PS3.5: AE, 1 to 16 characters, no backslash
std::string optional_ae_title_rule(const std::string& text);
std::string address_rule(const std::string& text);  // IPv4 or IPv6
std::string network_rule(const std::string& text);
std::string host_rule(const std::string& text);
std::string optional_host_rule(const std::string& text);
std::string absolute_path_rule(const std::string& text);
std::string optional_path_rule(const std::string& text);  // the same, or nothing
std::string client_certificate_rule(const std::string& text);
std::string name_rule(const std::string& text);  // a destination's name: it stands in logs and rows
// A pattern whose every outcome is a Series Description; see base/placeholders.hpp.
std::string series_description_rule(const std::string& text);
// One line of text whose placeholders are alert_placeholders.
std::string alert_text_rule(const std::string& text);
std::string token_rule(const std::string& text);  // what a client can show in a header, and nobody guess
std::string log_level_rule(const std::string& text);
std::string audit_transport_rule(const std::string& text);
std::string object_kind_rule(const std::string& text);
std::string url_rule(const std::string& text);           // http or https
std::string optional_url_rule(const std::string& text);  // the same, or nothing
std::string short_text_rule(const std::string& text);    // printable ASCII, at most 100 characters

}  // namespace calcinode::config
