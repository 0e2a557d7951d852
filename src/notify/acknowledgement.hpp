// What a receiver answers to an HL7 message (chapter 2.9, 2.14.8), and what it means for the alert.
#pragma once

#include <string>
#include <string_view>

#include "deliver/peer.hpp"

namespace calcinode::notify {

// `answer` is what came between MLLP's frame bytes, `control_id` MSH-10 of the message that was sent.
// `retry_rejected`: a rejection (AR, CR) may pass.
deliver::SendOutcome outcome_of_acknowledgement(std::string_view answer, std::string_view control_id,
                                                bool retry_rejected);

}  // namespace calcinode::notify
