#include "base/priority.hpp"

#include <sched.h>

namespace calcinode {

void yield_to_others() {
    const sched_param no_priority{};
    ::sched_setscheduler(0, SCHED_IDLE, &no_priority);  // 0: the calling thread, not the process
}

}  // namespace calcinode
