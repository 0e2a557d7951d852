// Long computations beside threads that somebody waits for.
#pragma once

#include <future>
#include <utility>

namespace calcinode {

// The calling thread, and every thread it starts from now on, runs only where nothing else wants to, and
// gives way at once (SCHED_IDLE). Where the kernel refuses, nothing changes.
void yield_to_others();

// What `call` returns or throws, called in a thread of its own that yields to others. It must hold no lock
// that those may wait for: while all processors are busy it stands still.
template <class Call>
auto call_yielding(Call&& call) {
    return std::async(std::launch::async,
                      [&call] {
                          yield_to_others();
                          return std::forward<Call>(call)();
                      })
        .get();
}

}  // namespace calcinode
