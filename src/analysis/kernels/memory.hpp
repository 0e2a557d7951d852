// Memory for results as large as a volume.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace calcinode::kernels {

// Asks the system for large pages in [start, start + bytes), which must not have been written to yet. Where
// it has none, nothing happens.
void prefer_large_pages(void* start, std::size_t bytes);

// Takes that back, for the memory's next owner. Pages that are there stay.
void prefer_small_pages(void* start, std::size_t bytes);

// Large pages as long as the values live: fetching a volume's memory in pages of 4 kB takes longer than many
// a kernel. The C library hands the same memory out in small blocks afterwards, and each of these, while in
// use, would then keep 2 MiB of a daemon's memory.
template <class Value>
struct LargePages : std::allocator<Value> {
    Value* allocate(std::size_t count) {
        Value* const values = std::allocator<Value>::allocate(count);
        prefer_large_pages(values, count * sizeof(Value));
        return values;
    }
    void deallocate(Value* values, std::size_t count) {
        prefer_small_pages(values, count * sizeof(Value));
        std::allocator<Value>::deallocate(values, count);
    }
};

template <class Value>
using Large = std::vector<Value, LargePages<Value>>;

// Leaves values unset that are given none, so that the threads that write them are those that fetch the
// memory.
template <class Value>
struct UnsetAllocator : LargePages<Value> {
    template <class Other>
    void construct(Other* at) {
        ::new (static_cast<void*>(at)) Other;
    }
    template <class Other, class... Arguments>
    void construct(Other* at, Arguments&&... arguments) {
        ::new (static_cast<void*>(at)) Other(std::forward<Arguments>(arguments)...);
    }
};

// A vector whose values are unset after Unset(count): whoever makes one sets them all.
template <class Value>
using Unset = std::vector<Value, UnsetAllocator<Value>>;

}  // namespace calcinode::kernels
