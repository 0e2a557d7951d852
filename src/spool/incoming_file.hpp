// The file that an instance is received into, on its way from incoming/ to its own name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/fd.hpp"

namespace calcinode::spool {

// Removed by the destructor unless placed. A failed write is remembered and all later ones do nothing, so
// that the rest of a dataset can be read from the network and thrown away. Used by one thread.
class IncomingFile {
  public:
    // `path` must not exist yet. The first `header_bytes` are left for place() to fill.
    IncomingFile(std::filesystem::path path, std::size_t header_bytes);
    ~IncomingFile() { give_up(); }
    IncomingFile(const IncomingFile&) = delete;
    IncomingFile& operator=(const IncomingFile&) = delete;

    void write(std::span<const std::byte> bytes);
    // As if the disk were full.
    void give_up_for_space();
    int error_number() const { return error_; }  // errno of the first failure; 0: none
    std::uint64_t bytes() const { return header_bytes_ + written_; }
    const std::filesystem::path& path() const { return path_; }

    enum class Placed { placed, taken, failed };  // taken: `target` exists; failed: see error_number()
    // Writes the header, gives the file the name `target` if that is free, and puts data and name on stable
    // storage: in this order, since one sync then does for both. A power cut before its end may leave
    // `target` incomplete, which the checksum in its header tells. After a failed sync the name is free
    // again.
    Placed place(std::string_view header, const std::filesystem::path& target);

  private:
    bool write_at(std::span<const std::byte> bytes, std::uint64_t offset);
    void start_write_back();
    void give_up();

    std::filesystem::path path_;
    std::size_t header_bytes_;
    Fd fd_;
    int error_ = 0;
    std::uint64_t written_ = 0;  // of the dataset
    std::uint64_t sent_on_ = 0;  // of the file: what the disk was told to write
};

}  // namespace calcinode::spool
