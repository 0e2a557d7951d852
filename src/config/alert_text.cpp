#include "config/alert_text.hpp"

#include <algorithm>

namespace calcinode::config {
namespace {

constexpr std::size_t longest_template = 2000;

// Takes the first piece off `rest`. A piece without text: `rest` begins with what is no template.
AlertTextPiece take_piece(std::string_view& rest) {
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
        const AlertTextPiece brace{false, std::string(1, rest.front())};
        rest.remove_prefix(2);
        return brace;
    }
    if (rest.front() == '}') return {};
    if (rest.front() == '{') {
        const auto end = rest.find('}');
        if (end == std::string_view::npos) return {};
        const AlertTextPiece placeholder{true, std::string(rest.substr(1, end - 1))};
        rest.remove_prefix(end + 1);
        return placeholder;
    }
    const auto end = std::min(rest.find_first_of("{}"), rest.size());
    const AlertTextPiece plain{false, std::string(rest.substr(0, end))};
    rest.remove_prefix(end);
    return plain;
}

std::string all_placeholders() {
    std::string text;
    for (const auto name : alert_placeholders)
        text.append(text.empty() ? "{" : ", {").append(name).append("}");
    return text;
}

// Whether all of `text` is a template, and its pieces.
bool read(std::string_view text, std::vector<AlertTextPiece>& pieces) {
    while (!text.empty()) {
        auto piece = take_piece(text);
        if (piece.text.empty()) return false;
        pieces.push_back(std::move(piece));
    }
    return true;
}

}  // namespace

std::vector<AlertTextPiece> pieces_of(std::string_view text) {
    std::vector<AlertTextPiece> pieces;
    read(text, pieces);
    return pieces;
}

std::string alert_text_rule(const std::string& text) {
    if (text.size() > longest_template) return "must be at most 2000 bytes long";
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }))
        return "must be one line without control characters";
    std::vector<AlertTextPiece> pieces;
    if (!read(text, pieces)) return "has a brace that stands alone; write {{ or }} for a brace itself";
    for (const auto& piece : pieces)
        if (piece.is_placeholder &&
            std::ranges::find(alert_placeholders, piece.text) == alert_placeholders.end())
            return "has {" + piece.text + "}, which is not known; known are " + all_placeholders();
    return "";
}

}  // namespace calcinode::config
