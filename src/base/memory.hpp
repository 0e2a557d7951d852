// How much memory this process may have.
#pragma once

#include <cstdint>
#include <filesystem>

namespace calcinode {

// Bytes: the machine's memory, or less where a control group (version 2) that the process is in has less, as
// found in /proc and /sys below `root`. What can't be read bounds nothing.
std::uint64_t memory_bound(const std::filesystem::path& root = "/");

}  // namespace calcinode
