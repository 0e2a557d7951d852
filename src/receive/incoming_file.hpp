// The file that an instance is received into: a Part 10 header, then the dataset's bytes as they come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/fd.hpp"

namespace calcinode::receive {

struct FileMeta {
    std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid, calling_ae;
};

// Preamble and file meta information (PS3.10 7.1).
std::string part10_header(const FileMeta& meta);

// Removed by the destructor unless handed on. A failed write is remembered and all later ones do nothing, so
// that the rest of a dataset can be read from the network and thrown away.
class IncomingFile {
  public:
    // `path` must not exist yet.
    IncomingFile(const std::filesystem::path& path, const FileMeta& meta);
    ~IncomingFile();
    IncomingFile(const IncomingFile&) = delete;
    IncomingFile& operator=(const IncomingFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void give_up();  // removes what was written
    int error_number() const { return error_; }
    std::uint64_t bytes() const { return bytes_; }
    // Closes it; the file is the caller's from now on.
    std::filesystem::path hand_on();

  private:
    std::filesystem::path path_;
    Fd fd_;
    int error_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace calcinode::receive
