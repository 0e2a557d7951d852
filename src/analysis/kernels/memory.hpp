// Memory for results as large as a volume.
#pragma once

#include <cstddef>
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

}  // namespace calcinode::kernels
