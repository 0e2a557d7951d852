// The DIMSE statuses this SCP answers with (PS3.7 annex C, PS3.4 annex B.2.3).
#pragma once

#include <cstdint>

namespace calcinode::receive::status {

inline constexpr std::uint16_t success = 0x0000;
inline constexpr std::uint16_t processing_failure = 0x0110;
inline constexpr std::uint16_t invalid_argument = 0x0115;
inline constexpr std::uint16_t out_of_resources = 0xa700;   // try again later
inline constexpr std::uint16_t class_mismatch = 0xa900;     // data set does not match SOP class
inline constexpr std::uint16_t cannot_understand = 0xc000;  // never send that again
inline constexpr std::uint16_t coercion_warning = 0xb000;   // stored, but not as sent

}  // namespace calcinode::receive::status
