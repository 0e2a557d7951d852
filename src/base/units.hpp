// Units that more than one folder counts in.
#pragma once

#include <cstdint>

namespace calcinode {

inline constexpr std::uint64_t mib = 1 << 20;  // bytes

}  // namespace calcinode
