// Bytes of a file, one after the other, hashed as they pass; and the same inflated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/fd.hpp"
#include "base/sha256.hpp"

namespace calcinode::spool {

class ByteSource {
  public:
    virtual ~ByteSource() = default;
    // Fills `out` as far as there are bytes left; the number given.
    std::size_t read(std::span<std::byte> out);
    // Passes over `count` bytes, or as many as there are left; the number passed.
    std::uint64_t skip(std::uint64_t count);
    bool at_end() { return rest_.empty() && (rest_ = next_block()).empty(); }

  protected:
    // The next bytes, empty at the end. Valid until the next call.
    virtual std::span<const std::byte> next_block() = 0;
    std::span<const std::byte> take_rest() { return std::exchange(rest_, {}); }
    friend class InflatedBytes;

  private:
    std::span<const std::byte> rest_;
};

class FileBytes : public ByteSource {
  public:
    explicit FileBytes(Fd fd) : fd_(std::move(fd)), block_(block_bytes) {}

    // From here on the bytes are hashed.
    void start_hash();
    std::string finish_hash() { return hex(hash_.finish()); }
    std::uint64_t total() const { return total_; }
    int read_error() const { return error_; }  // errno of a failed read; reading ends there

  protected:
    std::span<const std::byte> next_block() override;

  private:
    static constexpr std::size_t block_bytes = 256 * 1024;
    Fd fd_;
    std::vector<std::byte> block_;
    std::span<const std::byte> current_;
    Sha256 hash_;
    bool hashing_ = false;
    std::uint64_t total_ = 0;
    int error_ = 0;
};

// Raw deflate (RFC 1951), as the deflated transfer syntax uses it. Ends early where the stream is damaged, or
// where it has grown beyond `most_bytes`.
class InflatedBytes : public ByteSource {
  public:
    static constexpr std::uint64_t most_bytes = 4ULL << 30;

    explicit InflatedBytes(ByteSource& deflated);
    ~InflatedBytes() override;
    // The deflated stream ended as it should.
    bool complete() const { return complete_; }

  protected:
    std::span<const std::byte> next_block() override;

  private:
    struct Stream;
    ByteSource* deflated_;
    std::unique_ptr<Stream> stream_;
    std::vector<std::byte> block_;
    std::uint64_t total_ = 0;
    bool complete_ = false;
};

}  // namespace calcinode::spool
