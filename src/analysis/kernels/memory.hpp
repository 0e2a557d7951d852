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

// `count` zeros. Fetching a volume's memory in pages of 4 kB takes longer than many a kernel.
template <class Value>
std::vector<Value> zeros(std::size_t count) {
    std::vector<Value> values;
    values.reserve(count);
    prefer_large_pages(values.data(), count * sizeof(Value));
    values.resize(count);
    return values;
}

// Leaves values unset that are given none, so that the threads that write them are those that fetch the
// memory.
template <class Value>
struct UnsetAllocator : std::allocator<Value> {
    template <class Other>
    struct rebind {
        using other = UnsetAllocator<Other>;
    };
    Value* allocate(std::size_t count) {
        Value* const values = std::allocator<Value>::allocate(count);
        prefer_large_pages(values, count * sizeof(Value));
        return values;
    }
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
