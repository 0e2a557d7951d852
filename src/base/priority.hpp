// Long computations beside threads that somebody waits for.
#pragma once

#include <future>
#include <utility>

namespace calcinode {

// A tenth of a processor's time beside one thread that wants all of it. Not less (SCHED_IDLE): on a machine
// that is busy with other things for hours, studies would wait for as long.
constexpr int yielding_nice = 10;

// The calling thread, and every thread it starts from now on, gives way to those that answer somebody: it
// gets little of a processor that others want, and never takes one from a thread that wakes up (SCHED_BATCH).
// Where the kernel refuses, nothing changes.
void yield_to_others();

// What `call` returns or throws, called in a thread of its own that yields to others. It must hold no lock
// that those may wait for: while all processors are busy it hardly gets on.
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
