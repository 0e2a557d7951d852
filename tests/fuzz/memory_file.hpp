// The fuzzer's bytes as a file that can be opened by name, without a disk.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

#include "base/fd.hpp"

namespace calcinode::fuzz {

class MemoryFile {
  public:
    explicit MemoryFile(std::span<const std::uint8_t> bytes) : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        while (fd_ && !bytes.empty()) {
            const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
            if (written <= 0) break;
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        if (!fd_ || !bytes.empty()) throw std::runtime_error("no memory for the fuzzer's file");
    }

    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

  private:
    Fd fd_;
};

}  // namespace calcinode::fuzz
