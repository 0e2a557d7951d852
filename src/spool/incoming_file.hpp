// The file that an instance is received into, until it has its own name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/fd.hpp"
#include "spool/durable.hpp"

namespace calcinode::spool {

// Without a name, and therefore gone when it is destroyed, unless it was placed. A failed write is remembered
// and all later ones do nothing, so that the rest of a dataset can be read from the network and thrown away.
// Used by one thread.
class IncomingFile {
  public:
    // `blank` is an empty file without a name, or errno of why there is none. The first `header_bytes` are
    // left for place() to fill.
    IncomingFile(std::expected<Fd, int> blank, std::size_t header_bytes);

    void write(std::span<const std::byte> bytes);
    // As if the disk were full.
    void give_up_for_space();
    int error_number() const { return error_; }  // errno of the first failure; 0: none
    std::uint64_t bytes() const { return header_bytes_ + written_; }

    enum class Placed { placed, taken, failed };  // taken: `target` exists; failed: see error_number()
    // Writes the header, gives the file the name `target` if that is free, and puts data and name on stable
    // storage: in this order, since one sync then does for both. A power cut before its end may leave
    // `target` incomplete, which the checksum in its header tells. After a failed sync the name is free
    // again.
    Placed place(std::string_view header, const std::filesystem::path& target, Syncing& syncing);

  private:
    bool write_at(std::span<const std::byte> bytes, std::uint64_t offset);

    std::size_t header_bytes_;
    Fd fd_;
    int error_ = 0;
    std::uint64_t written_ = 0;  // of the dataset
};

}  // namespace calcinode::spool
