// How much memory a stack's analysis takes, known before a pixel is read.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/findings.hpp"
#include "assemble/stack.hpp"

namespace calcinode::assemble {

// Why `stack` may not be loaded where the whole process may take `allowed_bytes`; nothing where it may.
std::optional<Unfit> lacks_memory(const Stack& stack, std::uint64_t allowed_bytes);

}  // namespace calcinode::assemble
