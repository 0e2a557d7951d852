#include "base/uid.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

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

// 2.25 and the UUID that 16 bytes become with a version and its variant (RFC 9562).
std::string under_uuid_root(std::array<std::uint8_t, 16> bytes, std::uint8_t version) {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | version << 4);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    return "2.25." + decimal(bytes);
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
    constexpr std::uint8_t custom = 8;
    return Uid(under_uuid_root(uuid, custom));
}

Uid Uid::random() {
    std::array<std::uint8_t, 16> uuid{};
    // So few bytes come at once or, on a kernel without a source of them, not at all.
    if (::getrandom(uuid.data(), uuid.size(), 0) != static_cast<ssize_t>(uuid.size()))
        throw std::runtime_error("the system has no random numbers");
    constexpr std::uint8_t from_random = 4;
    return Uid(under_uuid_root(uuid, from_random));
}

}  // namespace calcinode
