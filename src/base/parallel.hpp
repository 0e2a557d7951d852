// Runs a loop on several threads and returns when all of it is done.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace calcinode {

// Calls body(index) for each index in [0, count), on up to `threads` threads, in no particular order. The
// first exception of a body is thrown here after all threads have ended. The results must not depend on the
// order.
template <class Body>
void parallel_for(int threads, int count, Body&& body) {
    std::atomic<int> next{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    const auto work = [&] {
        try {
            for (int index = next++; index < count; index = next++) body(index);
        } catch (...) {
            next = count;
            const std::scoped_lock lock(failure_mutex);
            if (!failure) failure = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> helpers;
        const int extra = std::min(threads, count) - 1;
        for (int t = 0; t < extra; ++t) helpers.emplace_back(work);
        work();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace calcinode
