#include "base/hmac.hpp"

#include <openssl/hmac.h>

#include <stdexcept>

#include "base/sha256.hpp"

namespace calcinode {

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
    Sha256::Digest digest{};
    unsigned int size = 0;
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(),
              &size))
        throw std::runtime_error("HMAC-SHA256 cannot be computed");
    return hex(digest);
}

}  // namespace calcinode
