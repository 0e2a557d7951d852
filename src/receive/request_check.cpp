#include "receive/request_check.hpp"

#include <functional>

namespace calcinode::receive {
namespace {

using Bytes = std::span<const std::byte>;

// Protocol version, AE titles and reserved fields before the first item.
constexpr std::size_t fixed_bytes = 68;
constexpr std::size_t longest_uid = 64;
constexpr int most_contexts = 128;  // odd numbers of one byte

enum ItemType : std::uint8_t {
    application_context_item = 0x10,
    presentation_context = 0x20,
    abstract_syntax = 0x30,
    transfer_syntax = 0x40,
    user_information = 0x50,
    maximum_length = 0x51,
    implementation_class = 0x52,
    role_selection = 0x54,
    implementation_version = 0x55,
};

std::size_t u16(Bytes bytes) {
    return std::to_integer<std::size_t>(bytes[0]) << 8 | std::to_integer<std::size_t>(bytes[1]);
}

// Calls `take` with type and content of each item; false where `take` says so or the lengths don't fit.
bool each_item(Bytes bytes, const std::function<bool(std::uint8_t, Bytes)>& take) {
    constexpr std::size_t header_bytes = 4;
    while (!bytes.empty()) {
        if (bytes.size() < header_bytes) return false;
        const std::size_t length = u16(bytes.subspan(2));
        if (length > bytes.size() - header_bytes) return false;
        if (!take(std::to_integer<std::uint8_t>(bytes[0]), bytes.subspan(header_bytes, length))) return false;
        bytes = bytes.subspan(header_bytes + length);
    }
    return true;
}

bool is_uid_sized(Bytes bytes) {
    return !bytes.empty() && bytes.size() <= longest_uid;
}

bool check_context(Bytes content) {
    constexpr std::size_t before_items = 4;  // ID and reserved bytes
    if (content.size() < before_items) return false;
    int abstract_syntaxes = 0, transfer_syntaxes = 0;
    const bool sound = each_item(content.subspan(before_items), [&](std::uint8_t type, Bytes item) {
        if (type != abstract_syntax && type != transfer_syntax) return true;
        ++(type == abstract_syntax ? abstract_syntaxes : transfer_syntaxes);
        return is_uid_sized(item);
    });
    return sound && abstract_syntaxes == 1 && transfer_syntaxes >= 1;
}

bool check_user_item(std::uint8_t type, Bytes content) {
    switch (type) {
        case maximum_length:
            return content.size() == 4;
        case implementation_class:
            return is_uid_sized(content);
        case implementation_version:
            return content.size() <= 16;
        case role_selection:
            return content.size() >= 4 && u16(content) + 4 == content.size() && u16(content) <= longest_uid;
        default:
            return true;  // extended negotiation, user identity: their own lengths are DCMTK's to check
    }
}

}  // namespace

Result<> check_request(Bytes body) {
    if (body.size() < fixed_bytes) return fail("the association request is too short");
    int application_contexts = 0, contexts = 0, user_items = 0;
    const bool sound = each_item(body.subspan(fixed_bytes), [&](std::uint8_t type, Bytes content) {
        switch (type) {
            case application_context_item:
                return ++application_contexts == 1 && is_uid_sized(content);
            case presentation_context:
                return ++contexts <= most_contexts && check_context(content);
            case user_information:
                return ++user_items == 1 && each_item(content, check_user_item);
            default:
                return true;  // unrecognised items are ignored (PS3.8 9.3.1)
        }
    });
    if (!sound || application_contexts == 0 || contexts == 0 || user_items == 0)
        return fail("the association request is malformed");
    return {};
}

}  // namespace calcinode::receive
