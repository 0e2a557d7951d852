#include "receive/counts.hpp"

namespace calcinode::receive {

std::string_view name_of(Refusal refusal) {
    static constexpr std::array<std::string_view, refusals> names{"address",
                                                                  "crowded",
                                                                  "silent",
                                                                  "tls_handshake",
                                                                  "malformed_request",
                                                                  "application_context",
                                                                  "called_ae",
                                                                  "calling_ae",
                                                                  "too_many",
                                                                  "too_many_from_peer",
                                                                  "internal_error"};
    return names[static_cast<std::size_t>(refusal)];
}

std::string_view name_of(Ending ending) {
    static constexpr std::array<std::string_view, endings> names{
        "released", "aborted_by_peer", "lost",          "idle",     "slow_message",
        "too_long", "not_dicom",       "far_too_large", "shutdown", "internal_error"};
    return names[static_cast<std::size_t>(ending)];
}

}  // namespace calcinode::receive
