// Raw deflate (RFC 1951), as the deflated transfer syntax uses it, inflated as it comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace calcinode::spool {

class Inflater {
  public:
    // What a stream may grow to: 4 GiB is beyond any CT series, let alone an instance.
    static constexpr std::uint64_t most_bytes = 4ULL << 30;
    // Takes the next inflated bytes, valid during the call; false: no more are wanted.
    using Take = std::function<bool(std::span<const std::byte>)>;

    Inflater();
    ~Inflater();

    // False where the stream is damaged, grew beyond most_bytes, or is not wanted. What follows its end is
    // passed over.
    bool feed(std::span<const std::byte> deflated, const Take& take);
    bool complete() const { return complete_; }

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
    std::uint64_t total_ = 0;
    bool complete_ = false;
};

}  // namespace calcinode::spool
