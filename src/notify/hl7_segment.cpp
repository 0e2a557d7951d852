#include "notify/hl7_segment.hpp"

#include <algorithm>
#include <array>

namespace calcinode::notify {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string joined(const std::vector<std::string>& parts, char separator) {
    std::string text;
    for (std::size_t n = 0; n < parts.size(); ++n) {
        if (n > 0) text += separator;
        text += parts[n];
    }
    return text.substr(0, text.find_last_not_of(separator) + 1);
}

// The code point that `text` begins with; `text` is well-formed UTF-8. Takes it off.
char32_t take_character(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0x7F >> length);
    for (std::size_t n = 1; n < std::min(length, text.size()); ++n)
        code = (code << 6) | (static_cast<unsigned char>(text[n]) & 0x3F);
    text.remove_prefix(std::min(length, text.size()));
    return code;
}

}  // namespace

std::string hl7_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '|':
                escaped += "\\F\\";
                break;
            case '^':
                escaped += "\\S\\";
                break;
            case '&':
                escaped += "\\T\\";
                break;
            case '~':
                escaped += "\\R\\";
                break;
            case '\\':
                escaped += "\\E\\";
                break;
            default:
                escaped += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
        }
    }
    return escaped;
}

std::string hl7_components(std::initializer_list<std::string_view> components) {
    std::vector<std::string> escaped;
    for (const auto component : components) escaped.push_back(hl7_escaped(component));
    return joined(escaped, '^');
}

std::string hl7_coded(const report::Code& code) {
    return hl7_components({code.value, code.meaning, code.scheme});
}

std::string hl7_name(std::string_view pn, Hl7Name kind) {
    // Which of the groups of a PN it is: alphabetic, ideographic, phonetic (HL7 table 4000).
    constexpr std::array<std::string_view, 3> representations{"A", "I", "P"};
    std::vector<std::string> names;
    const auto groups = split(pn, '=');
    for (std::size_t g = 0; g < std::min(groups.size(), representations.size()); ++g) {
        auto parts = split(groups[g], '^');
        parts.resize(5);  // family, given, middle, prefix, suffix
        if (std::ranges::all_of(parts, [](std::string_view part) { return part.empty(); })) continue;
        names.push_back(kind == Hl7Name::patient
                            ? hl7_components({parts[0], parts[1], parts[2], parts[4], parts[3], "", "L",
                                              representations[g]})
                            : hl7_components({"", parts[0], parts[1], parts[2], parts[4], parts[3]}));
    }
    return joined(names, '~');
}

std::string hl7_encoded(std::string_view utf8, std::string_view character_set) {
    if (character_set == "UTF-8") return std::string(utf8);
    const char32_t highest = character_set == "ASCII" ? 0x7E : 0xFF;
    std::string encoded;
    while (!utf8.empty()) {
        const auto character = take_character(utf8);
        encoded += character > highest ? '?' : static_cast<char>(character);
    }
    return encoded;
}

std::string_view hl7_character_set(std::string_view character_set) {
    if (character_set == "UTF-8") return "UNICODE UTF-8";
    return character_set == "ASCII" ? "ASCII" : "8859/1";
}

Hl7Segment& Hl7Segment::set(std::size_t number, std::string content) {
    if (fields_.size() <= number) fields_.resize(number + 1);
    fields_[number] = std::move(content);
    return *this;
}

std::string Hl7Segment::text() const {
    return joined(fields_, '|') + "\r";
}

}  // namespace calcinode::notify
