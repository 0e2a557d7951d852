// Writes what comes into a file in whole pages: where the file has blocks already that are not in memory,
// part of a page would have to be read from the disk first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/fd.hpp"

namespace calcinode::spool {

// Used by one thread. The functions give 0, or errno of what failed; nothing is to be called after that.
class PageWriter {
  public:
    static constexpr std::size_t page_bytes = 4096;

    // The first `header_bytes` of the file, less than a page, come last.
    explicit PageWriter(std::size_t header_bytes) : position_(header_bytes) {}

    // The next bytes, cut anywhere.
    int write(const Fd& file, std::span<const std::byte> bytes);
    // The header, and what is left of the rest; `padded` with zeros to a whole page.
    int finish(const Fd& file, std::string_view header, bool padded);
    std::uint64_t position() const { return position_; }  // in the file, of what comes next

  private:
    using Page = std::array<std::byte, page_bytes>;
    std::span<const std::byte> into(Page& page, std::span<const std::byte> bytes);

    std::uint64_t position_;
    Page first_{}, last_{};
};

// All of `bytes` at `offset`.
int write_at(const Fd& file, std::span<const std::byte> bytes, std::uint64_t offset);

}  // namespace calcinode::spool
