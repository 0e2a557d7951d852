#include "analysis/kernels/memory.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace calcinode::kernels {
namespace {

// For the large pages that lie wholly in [start, start + bytes).
void advise(void* start, std::size_t bytes, int advice) {
    constexpr std::uintptr_t page = 2U << 20;  // large pages of x86-64, and of arm64 with small ones of 4 kB
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::uintptr_t up = (page - address % page) % page;  // to the first whole one
    if (up + page > bytes) return;
    ::madvise(static_cast<char*>(start) + up, (bytes - up) / page * page, advice);
}

}  // namespace

void prefer_large_pages(void* start, std::size_t bytes) {
    advise(start, bytes, MADV_HUGEPAGE);
}

void prefer_small_pages(void* start, std::size_t bytes) {
    advise(start, bytes, MADV_NOHUGEPAGE);
}

}  // namespace calcinode::kernels
