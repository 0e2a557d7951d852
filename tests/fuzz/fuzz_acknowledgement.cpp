// An HL7 receiver's answer of any bytes has an outcome, and counts as arrived only where it names our
// message.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "notify/acknowledgement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view control_id = "1.2.840.7";
    const std::string_view answer(reinterpret_cast<const char*>(data), size);
    const auto outcome = calcinode::notify::outcome_of_acknowledgement(answer, control_id, false);
    if (outcome.state == calcinode::deliver::SendState::arrived &&
        answer.find(control_id) == std::string_view::npos)
        __builtin_trap();
    return 0;
}
