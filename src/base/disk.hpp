// How much room a disk has, and whether it can be had.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.hpp"

namespace calcinode {

// Bytes that an ordinary user may still write on the file system of `folder`. Quotas are not seen.
Result<std::uintmax_t> free_bytes(const std::filesystem::path& folder);

// Whether `bytes` can be written into `folder` now and reach stable storage: they are reserved in a temporary
// file, a little of each MiB is written and synced, and all is given back. An Error says what stands against
// it; a quota and a failing disk do, too, and storage that has less room than it promises.
Result<> try_room(const std::filesystem::path& folder, std::uintmax_t bytes);

}  // namespace calcinode
