// The texts of alerts: a template with placeholders in braces, such as "{verdict}: {count} deposits".
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace calcinode::config {

// What may stand in braces; what each becomes is said in config/calcinode.toml.
inline constexpr std::array<std::string_view, 12> alert_placeholders{
    "verdict", "severity",   "count",         "volume_ml", "level",     "compartment",
    "side",    "largest_ml", "canal_percent", "study_uid", "accession", "conclusion"};

// A piece of a template: a placeholder's name, or plain text.
struct AlertTextPiece {
    bool is_placeholder = false;
    std::string text;
    bool operator==(const AlertTextPiece&) const = default;
};
// The template's pieces in order; "{{" and "}}" are plain braces. What is no template is cut off.
std::vector<AlertTextPiece> pieces_of(std::string_view text);

// What is wrong with a template, or "".
std::string alert_text_rule(const std::string& text);

}  // namespace calcinode::config
