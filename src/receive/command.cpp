#include "receive/command.hpp"

#include <string_view>

namespace calcinode::receive {
namespace {

constexpr std::uint16_t no_dataset = 0x0101;    // Command Data Set Type; any other value: there is one
constexpr std::uint16_t response_bit = 0x8000;  // in Command Field

std::uint32_t little_endian(std::span<const std::byte> bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return value;
}

std::string text(std::span<const std::byte> bytes) {
    std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (view.ends_with('\0') || view.ends_with(' ')) view.remove_suffix(1);
    return std::string(view);
}

Result<> take(std::uint32_t tag, std::span<const std::byte> value, Command& command) {
    const auto number = [&](std::uint16_t& into) -> Result<> {
        if (value.size() != 2) return fail("a number of the command set has the wrong length");
        into = static_cast<std::uint16_t>(little_endian(value));
        return {};
    };
    std::uint16_t dataset_type = 0;
    switch (tag) {
        case 0x0000'0002:
            command.sop_class_uid = text(value);
            return {};
        case 0x0000'0100:
            return number(command.field);
        case 0x0000'0110:
            return number(command.message_id);
        case 0x0000'0700:
            return number(command.priority);
        case 0x0000'0800: {
            auto taken = number(dataset_type);
            command.has_dataset = dataset_type != no_dataset;
            return taken;
        }
        case 0x0000'1000:
            command.sop_instance_uid = text(value);
            return {};
        case 0x0000'1002:
            return number(command.event_type);
        default:
            return {};
    }
}

// An element writer; implicit little endian.
class CommandSet {
  public:
    void add(std::uint16_t element, std::string_view value) {
        append(0x0000, 2);
        append(element, 2);
        append(static_cast<std::uint32_t>(value.size()), 4);
        for (const char c : value) bytes_.push_back(static_cast<std::byte>(c));
    }
    void add_number(std::uint16_t element, std::uint16_t value) {
        const char raw[] = {static_cast<char>(value & 0xff), static_cast<char>(value >> 8)};
        add(element, {raw, sizeof raw});
    }
    void add_text(std::uint16_t element, std::string value, char padding) {
        if (value.size() % 2 != 0) value += padding;
        add(element, value);
    }
    const std::vector<std::byte>& bytes() const { return bytes_; }

  private:
    void append(std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::byte>(value >> 8 * i));
    }
    std::vector<std::byte> bytes_;
};

}  // namespace

Result<Command> parse_command(std::span<const std::byte> bytes) {
    constexpr std::size_t header_bytes = 8;
    Command command;
    while (!bytes.empty()) {
        if (bytes.size() < header_bytes) return fail("the command set is cut off");
        const std::uint32_t tag = little_endian(bytes.first(2)) << 16 | little_endian(bytes.subspan(2, 2));
        const std::uint32_t length = little_endian(bytes.subspan(4, 4));
        bytes = bytes.subspan(header_bytes);
        if (tag >> 16 != 0) return fail("the command set has an element of another group");
        if (length > bytes.size()) return fail("the command set is cut off");
        if (auto taken = take(tag, bytes.first(length), command); !taken)
            return std::unexpected(taken.error());
        bytes = bytes.subspan(length);
    }
    return command;
}

std::vector<std::byte> response_to(const Command& request, std::uint16_t status, std::string_view comment) {
    CommandSet rest;
    rest.add_text(0x0002, request.sop_class_uid, '\0');
    rest.add_number(0x0100, request.field | response_bit);
    rest.add_number(0x0120, request.message_id);
    rest.add_number(0x0800, no_dataset);
    rest.add_number(0x0900, status);
    if (!comment.empty()) rest.add_text(0x0902, std::string(comment), ' ');
    if (!request.sop_instance_uid.empty()) rest.add_text(0x1000, request.sop_instance_uid, '\0');

    const auto length = static_cast<std::uint32_t>(rest.bytes().size());
    const char raw[] = {static_cast<char>(length & 0xff), static_cast<char>(length >> 8 & 0xff),
                        static_cast<char>(length >> 16 & 0xff), static_cast<char>(length >> 24)};
    CommandSet whole;
    whole.add(0x0000, {raw, sizeof raw});  // Command Group Length
    auto bytes = whole.bytes();
    bytes.insert(bytes.end(), rest.bytes().begin(), rest.bytes().end());
    return bytes;
}

}  // namespace calcinode::receive
