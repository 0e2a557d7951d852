// One request and its response on an association, and what the peer sends in between by itself.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "deliver/association.hpp"

namespace calcinode::deliver {

struct Answer {
    std::uint16_t status = 0;
    std::string comment;  // Error Comment (0000,0902), "" where there is none
};

// Sends `request`, with `dataset` where there is one, and waits for its response for as long as the
// association's time-out. Reports that come before it are handed to `on_report` and answered. An error, in
// words, breaks the association.
std::expected<Answer, std::string> exchange(Association& association, T_ASC_PresentationContextID context,
                                            T_DIMSE_Message& request, DcmDataset* dataset,
                                            const OnReport& on_report);

// Takes in what is there to be read, without waiting for anything to begin: reports are handed over and
// answered. What else comes, or the peer's wish to end, breaks the association.
void take_in(Association& association, const OnReport& on_report);

}  // namespace calcinode::deliver
