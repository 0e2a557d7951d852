#include "assemble/memory_need.hpp"

#include <spdlog/fmt/fmt.h>

namespace calcinode::assemble {
namespace {

// The peak of `calcinode analyze` was measured at 61, 125 and 277 MiB for 6, 20 and 72 million voxels: 2
// bytes each are the volume itself, the rest are the analysis's own copies, most of them coarser. A little
// more than all of these.
constexpr std::uint64_t bytes_a_voxel = 4;
constexpr std::uint64_t bytes_beside = 64ULL << 20;

std::uint64_t in_mib(std::uint64_t bytes) {
    return bytes >> 20;
}

}  // namespace

std::optional<Unfit> lacks_memory(const Stack& stack, std::uint64_t allowed_bytes) {
    const auto& format = stack.planes.front().image->format;
    const auto voxels = static_cast<std::uint64_t>(format.rows) * static_cast<std::uint64_t>(format.columns) *
                        static_cast<std::uint64_t>(stack.slots());
    const auto needed = bytes_beside + voxels * bytes_a_voxel;
    if (needed <= allowed_bytes) return std::nullopt;
    return Unfit{
        "not_enough_memory",
        fmt::format(
            "{} slices of {} x {} pixels need about {} MiB of memory, and {} MiB are allowed; give the "
            "node more memory, or raise analysis.max_memory_mib",
            stack.slots(), format.columns, format.rows, in_mib(needed), in_mib(allowed_bytes))};
}

}  // namespace calcinode::assemble
