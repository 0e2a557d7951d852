#include "base/priority.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace calcinode {

void yield_to_others() {
    const sched_param no_priority{};
    ::sched_setscheduler(0, SCHED_BATCH, &no_priority);  // 0: the calling thread, not the process
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), yielding_nice);
}

}  // namespace calcinode
