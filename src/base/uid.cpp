#include "base/uid.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/sha256.hpp"

namespace calcinode {
namespace {

constexpr std::size_t longest_uid = 64;  // PS3.5 9.1

bool well_formed(std::string_view text) {
    if (text.empty() || text.size() > longest_uid) return false;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find('.', start), text.size());
        const std::string_view component = text.substr(start, end - start);
        if (component.empty() || (component.size() > 1 && component[0] == '0')) return false;
        if (!std::ranges::all_of(component, [](char c) { return c >= '0' && c <= '9'; })) return false;
        start = end + 1;
    }
    return true;
}

// The decimal digits of a 128-bit number given by its bytes, most significant first.
std::string decimal(std::array<std::uint8_t, 16> bytes) {
    std::string digits;
    bool zero = false;
    while (!zero) {
        unsigned remainder = 0;
        zero = true;
        for (auto& byte : bytes) {
            const unsigned value = remainder * 256 + byte;
            byte = static_cast<std::uint8_t>(value / 10);
            remainder = value % 10;
            zero = zero && byte == 0;
        }
        digits.push_back(static_cast<char>('0' + remainder));
    }
    std::ranges::reverse(digits);
    return digits;
}

}  // namespace

std::optional<Uid> Uid::parse(std::string_view text) {
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.remove_suffix(1);
    if (!well_formed(text)) return std::nullopt;
    return Uid(std::string(text));
}

Uid Uid::derived_from(std::initializer_list<std::string_view> parts) {
    Sha256 hash;
    for (const std::string_view part : parts) {
        hash.update(part);
        hash.update(std::string_view("\0", 1));  // so that {"ab", "c"} and {"a", "bc"} differ
    }
    const auto digest = hash.finish();
    std::array<std::uint8_t, 16> uuid{};
    std::copy_n(digest.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x80);  // version 8: custom (RFC 9562)
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // its variant
    return Uid("2.25." + decimal(uuid));
}

}  // namespace calcinode
