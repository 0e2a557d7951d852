// An instance on its way into the spool: its file, and what its bytes say.
#pragma once

#include <filesystem>
#include <string>

#include "spool/dataset_reader.hpp"
#include "spool/incoming_file.hpp"
#include "spool/part10.hpp"

namespace calcinode::spool {

// Gone without a trace when destroyed, unless the spool committed it. Used by one thread.
class Arrival {
  public:
    Arrival(std::filesystem::path path, FileMeta announced)
        : announced_(std::move(announced)),
          file_(std::move(path), part10_header(announced_, no_checksum()).size()),
          reader_(announced_.transfer_syntax_uid) {}

    // The dataset's next bytes. What fails is told by Spool::commit.
    void write(std::span<const std::byte> bytes) {
        file_.write(bytes);
        reader_.feed(bytes);
    }

  private:
    friend class Spool;
    static std::string no_checksum() { return std::string(2 * sizeof(Sha256::Digest), '0'); }

    FileMeta announced_;  // what the association said about it
    IncomingFile file_;
    DatasetReader reader_;
};

}  // namespace calcinode::spool
