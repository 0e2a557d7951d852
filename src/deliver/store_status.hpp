// What a C-STORE response status means for a delivery (PS3.4 B.2.3, PS3.7 annex C).
#pragma once

#include <cstdint>
#include <string>

#include "deliver/peer.hpp"

namespace calcinode::deliver {

// The status of every DIMSE response that all went well (PS3.7 annex C).
inline constexpr std::uint16_t success = 0x0000;

// `comment` is the peer's Error Comment (0000,0902), "" where it sent none.
SendOutcome outcome_of_status(std::uint16_t status, const std::string& comment);

}  // namespace calcinode::deliver
