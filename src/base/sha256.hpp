// SHA-256 by OpenSSL, one value a computation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace calcinode {

class Sha256 {
  public:
    using Digest = std::array<std::uint8_t, 32>;

    Sha256();
    void update(std::span<const std::byte> bytes);
    void update(std::string_view text);
    Digest finish();  // once; the object is spent afterwards

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string hex(std::span<const std::uint8_t> bytes);  // lower case

}  // namespace calcinode
