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
#include "spool/page_writer.hpp"
#include "spool/prepared_files.hpp"

namespace calcinode::spool {

// Gone when it is destroyed, unless it was placed: without a name it goes with its descriptor, and a prepared
// one goes back to the stock. A failed write is remembered and all later ones do nothing, so that the rest of
// a dataset can be read from the network and thrown away. Used by one thread.
class IncomingFile {
  public:
    // `blank` is an empty file without a name, or errno of why there is none. The first `header_bytes` are
    // left for place() to fill.
    IncomingFile(std::expected<Fd, int> blank, std::size_t header_bytes);
    // Into one of `stock`, which must outlive it.
    IncomingFile(PreparedFiles& stock, PreparedFiles::Taken taken, std::size_t header_bytes);
    ~IncomingFile();
    IncomingFile(const IncomingFile&) = delete;
    IncomingFile& operator=(const IncomingFile&) = delete;

    void write(std::span<const std::byte> bytes);
    // As if the disk were full.
    void give_up_for_space();
    int error_number() const { return error_; }                // errno of the first failure; 0: none
    std::uint64_t bytes() const { return pages_.position(); }  // of the file

    enum class Placed { placed, taken, failed };  // taken: `target` exists; failed: see error_number()
    // Writes the header, gives the file the name `target` if that is free, and puts data and a name on stable
    // storage. A power cut before its end may leave the file incomplete, which the checksum in its header
    // tells. After a failed sync the name is free again. Zeros or the page of its end may follow in a
    // prepared file until its stock cuts it.
    Placed place(std::string_view header, const std::filesystem::path& target, Syncing& syncing);

  private:
    bool cut_to_length();
    Placed place_prepared(const std::filesystem::path& target);
    Placed failed(int error);

    Fd fd_;
    PageWriter pages_;
    PreparedFiles* stock_ = nullptr;
    std::string prepared_;   // the name it has already; empty: none, or the stock's again
    bool as_it_was_ = true;  // its beginning
    int error_ = 0;
};

}  // namespace calcinode::spool
