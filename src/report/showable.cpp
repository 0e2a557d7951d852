#include "report/showable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace calcinode::report {
namespace {

constexpr std::string_view square = "\u25A1";
constexpr char32_t broken = 0xFFFFFFFF;  // bytes that are no character

// First and last code point of what is shown as it is.
constexpr std::array<std::pair<char32_t, char32_t>, 8> shown{{
    {0x0020, 0x007E},  // ASCII
    {0x00A1, 0x00AC},  // Latin-1, without its soft hyphen
    {0x00AE, 0x024F},  // and Latin Extended A and B
    {0x0370, 0x0377},  // Greek
    {0x037A, 0x03FF},
    {0x0400, 0x0482},  // Cyrillic, without its combining marks
    {0x048A, 0x04FF},
    {0x2010, 0x2022},  // dashes, quotation marks, bullet
}};

bool is_shown(char32_t c) {
    return std::ranges::any_of(shown,
                               [c](const auto& range) { return c >= range.first && c <= range.second; });
}

bool is_space(char32_t c) {
    return c <= 0x20 || c == 0x7F || c == 0xA0 || c == 0x3000;
}

// Letters and digits, roughly: what makes a text worth reading.
bool is_readable(char32_t c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0xC0;
}

// The next character, which is taken off the text.
char32_t next(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (length == 0 || length > text.size()) {
        text.remove_prefix(1);
        return broken;
    }
    constexpr std::array<unsigned char, 5> first_bits{0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t c = first & first_bits[length];
    for (std::size_t n = 1; n < length; ++n) {
        const auto following = static_cast<unsigned char>(text[n]);
        if ((following & 0xC0) != 0x80) {
            text.remove_prefix(n);
            return broken;
        }
        c = c << 6 | (following & 0x3F);
    }
    text.remove_prefix(length);
    return c;
}

}  // namespace

std::string showable(std::string_view utf8, std::size_t most) {
    std::string result;
    std::size_t count = 0;
    bool space_due = false, after_square = false, readable = false;
    const auto put = [&](std::string_view bytes) {
        if (space_due && !result.empty()) result += ' ';
        space_due = false;
        result += bytes;
        ++count;
    };
    while (!utf8.empty() && count < most) {
        const auto before = utf8;
        const char32_t c = next(utf8);
        if (is_space(c)) {
            space_due = true;
        } else if (is_shown(c)) {
            put(before.substr(0, before.size() - utf8.size()));
            readable = readable || is_readable(c);
            after_square = false;
        } else if (!after_square) {
            put(square);
            after_square = true;
        }
    }
    return readable ? result : "";
}

}  // namespace calcinode::report
