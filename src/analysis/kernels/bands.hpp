// Bands of rows: a kernel that takes one band through all slices keeps what it needs of the slices before in
// the processor's cache.
#pragma once

#include <algorithm>

#include "base/parallel.hpp"

namespace calcinode::kernels {

// Calls body(first_row, end_row) for bands that together are the rows 0 ... rows - 1, about as large as each
// other and as many for each thread, on up to `threads` threads.
template <class Body>
void for_bands(int threads, int rows, Body&& body) {
    constexpr int largest = 32;  // rows of 512 voxels, of 7 slices, as float: half of a 1 MB cache
    const int share = std::max(1, threads);
    const int rounds = (rows + largest * share - 1) / (largest * share);
    const int bands = std::min(rows, rounds * share);
    parallel_for(threads, bands, [&](int band) { body(rows * band / bands, rows * (band + 1) / bands); });
}

}  // namespace calcinode::kernels
