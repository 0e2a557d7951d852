// HMAC-SHA256 (RFC 2104), by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace calcinode {

std::string hmac_sha256_hex(std::string_view key, std::string_view text);  // 64 digits, lower case

}  // namespace calcinode
