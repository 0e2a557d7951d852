#include "notify/acknowledgement.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

namespace calcinode::notify {
namespace {

using deliver::SendOutcome, deliver::SendState;

// Field `number` of the first segment `name`; "" where there is none.
std::string_view field_of(std::string_view message, std::string_view name, std::size_t number,
                          char separator) {
    while (!message.empty()) {
        const auto end = std::min(message.find_first_of("\r\n"), message.size());
        auto segment = message.substr(0, end);
        message.remove_prefix(std::min(end + 1, message.size()));
        if (!segment.starts_with(name) || segment.size() <= name.size() || segment[name.size()] != separator)
            continue;
        for (std::size_t n = 0; n < number; ++n) {
            const auto next = segment.find(separator);
            if (next == std::string_view::npos) return {};
            segment.remove_prefix(next + 1);
        }
        return segment.substr(0, segment.find(separator));
    }
    return {};
}

// A code that may stand in the log: some letters and digits. The receiver's own words may name the patient.
std::string code_in(std::string_view text) {
    constexpr std::size_t longest_code = 20;
    std::string code(text.substr(0, std::min(text.find('^'), longest_code)));
    const bool plain = std::ranges::all_of(code, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    return plain ? code : "";
}

std::string words_of(std::string_view answer, const std::string& code, char separator) {
    const auto error = code_in(field_of(answer, "ERR", 3, separator));
    return fmt::format("it answers {}{}{}; its own log says more of it", code,
                       error.empty() ? "" : ", HL7 error ", error);
}

}  // namespace

SendOutcome outcome_of_acknowledgement(std::string_view answer, std::string_view control_id,
                                       bool retry_rejected) {
    if (!answer.starts_with("MSH") || answer.size() < 4)
        return {SendState::transient_failure, "its answer is no HL7 message"};
    const char separator = answer[3];
    const auto code = code_in(field_of(answer, "MSA", 1, separator));
    if (code.empty()) return {SendState::transient_failure, "its answer is no acknowledgement (no MSA-1)"};
    if (field_of(answer, "MSA", 2, separator) != control_id)
        return {SendState::transient_failure, "its acknowledgement is of another message (MSA-2)"};
    if (code == "AA" || code == "CA") return {SendState::arrived, ""};
    const bool rejected = code == "AR" || code == "CR";
    return {rejected && !retry_rejected ? SendState::permanent_failure : SendState::transient_failure,
            words_of(answer, code, separator)};
}

}  // namespace calcinode::notify
