#include "analysis/kernels/memory.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace calcinode::kernels {

void prefer_large_pages(void* start, std::size_t bytes) {
    constexpr std::uintptr_t page = 2U << 20;  // large pages of x86-64, and of arm64 with small ones of 4 kB
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t up = (page - address % page) % page;  // to the first whole one
    if (up + page > bytes) return;
    ::madvise(static_cast<char*>(start) + up, (bytes - up) / page * page, MADV_HUGEPAGE);
}

}  // namespace calcinode::kernels
