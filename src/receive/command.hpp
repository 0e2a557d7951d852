// Command sets (PS3.7 6.3): the few elements that are needed to answer C-ECHO, C-STORE and N-EVENT-REPORT.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace calcinode::receive {

struct Command {
    static constexpr std::uint16_t store_request = 0x0001, echo_request = 0x0030,
                                   event_report_request = 0x0100, cancel_request = 0x0fff;
    static constexpr std::uint16_t medium_priority = 0x0000, high_priority = 0x0001;

    std::uint16_t field = 0;
    std::uint16_t message_id = 0;
    std::uint16_t event_type = 0;
    std::uint16_t priority = medium_priority;
    bool has_dataset = false;
    std::string sop_class_uid, sop_instance_uid;  // affected ones, without padding
};

// `bytes`: the whole command set, implicit little endian as always. No element in it may be a sequence.
Result<Command> parse_command(std::span<const std::byte> bytes);

// The command set of the response to `request`, without a dataset. `comment` (Error Comment, an LO) may be
// empty.
std::vector<std::byte> response_to(const Command& request, std::uint16_t status, std::string_view comment);

}  // namespace calcinode::receive
