// A checksum against damage: 128 bits of XXH3, by libxxhash. Whoever wants to can make other bytes with the
// same one; where that would matter, see sha256.hpp. It takes a tenth of SHA-256's time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct XXH3_state_s;

namespace calcinode {

class Checksum {
  public:
    static constexpr std::size_t digits = 32;

    Checksum();
    void update(std::span<const std::byte> bytes);
    std::string text() const;  // of all bytes so far, hexadecimal, lower case

  private:
    struct Free {
        void operator()(XXH3_state_s* state) const;
    };
    std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace calcinode
