// Unnamed files, made before they are needed: creating one takes the file system a while, and between two
// instances there is time for it.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <mutex>
#include <vector>

#include "base/fd.hpp"

namespace calcinode::spool {

// A file without a name is gone with its last descriptor, also by a kill or a power cut. Used from several
// threads.
class BlankFiles {
  public:
    // On the file system of `folder`.
    explicit BlankFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // An empty file, open for reading and writing; errno where none can be made.
    std::expected<Fd, int> take();
    // Makes one for the next take(), if there are not enough. Failing is that one's matter.
    void make_one();

  private:
    std::expected<Fd, int> create() const;

    static constexpr std::size_t enough = 8;

    std::filesystem::path folder_;
    std::mutex mutex_;
    std::vector<Fd> files_;
};

}  // namespace calcinode::spool
