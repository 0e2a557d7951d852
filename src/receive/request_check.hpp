// Holds an A-ASSOCIATE-RQ PDU against its own lengths (PS3.8 9.3.2) before DCMTK parses it, which leaks
// memory where they don't add up, and has had worse faults there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace calcinode::receive {

// `body`: what follows the PDU's header.
Result<> check_request(std::span<const std::byte> body);

}  // namespace calcinode::receive
