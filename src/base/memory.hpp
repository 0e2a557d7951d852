// How much memory this process may have, and the way back for what it no longer needs.
#pragma once

#include <cstdint>
#include <filesystem>

namespace calcinode {

// Bytes: the machine's memory, or less where a control group (version 2) that the process is in has less, as
// found in /proc and /sys below `root`. What can't be read bounds nothing.
std::uint64_t memory_bound(const std::filesystem::path& root = "/");

// Gives the system back what was freed. The C library keeps freed blocks of each thread's heap for the next
// one, so that without this a daemon stays as large as its busiest minute. Any thread; milliseconds.
void return_freed_memory();

}  // namespace calcinode
