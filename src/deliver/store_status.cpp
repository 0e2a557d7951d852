#include "deliver/store_status.hpp"

#include <spdlog/fmt/fmt.h>

namespace calcinode::deliver {
namespace {

constexpr std::uint16_t processing_failure = 0x0110;
constexpr std::uint16_t duplicate_instance = 0x0111;
constexpr std::uint16_t class_not_supported = 0x0122;
constexpr std::uint16_t not_authorized = 0x0124;
constexpr std::uint16_t resource_limitation = 0x0213;

// Warnings of PS3.7 annex C that are not of the B000 class.
constexpr std::uint16_t attribute_list_error = 0x0107;
constexpr std::uint16_t attribute_out_of_range = 0x0116;

bool is_warning(std::uint16_t status) {
    return (status & 0xF000) == 0xB000 || status == 0x0001 || status == attribute_list_error ||
           status == attribute_out_of_range;
}

std::string standard_meaning(std::uint16_t status) {
    if ((status & 0xFF00) == 0xA700) return "it is out of resources";
    if ((status & 0xFF00) == 0xA900) return "it says that the object does not fit its SOP class";
    if ((status & 0xF000) == 0xC000) return "it cannot understand the object";
    switch (status) {
        case processing_failure:
            return "it failed to process the object";
        case class_not_supported:
            return "it does not support the SOP class; enable it there";
        case not_authorized:
            return "it does not authorize this node; enter this node's AE title there";
        case resource_limitation:
            return "it is out of resources";
        default:
            return "it refused the object";
    }
}

bool may_pass(std::uint16_t status) {
    return (status & 0xFF00) == 0xA700 || status == processing_failure || status == resource_limitation;
}

}  // namespace

SendOutcome outcome_of_status(std::uint16_t status, const std::string& comment) {
    if (status == success) return {SendState::arrived, ""};
    const std::string said = comment.empty() ? "" : ", saying \"" + comment + "\"";
    // What the peer has already need not be sent again: our UIDs derive from the content.
    if (status == duplicate_instance) return {SendState::arrived, "the peer had it already (status 0111H)"};
    if (is_warning(status))
        return {SendState::arrived, fmt::format("stored with warning status {:04X}H{}", status, said)};
    return {may_pass(status) ? SendState::transient_failure : SendState::permanent_failure,
            fmt::format("status {:04X}H from the peer: {}{}", status, standard_meaning(status), said)};
}

}  // namespace calcinode::deliver
