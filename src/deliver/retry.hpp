// When to try again, and when to give up.
#pragma once

#include "base/backoff.hpp"
#include "base/time.hpp"

namespace calcinode::deliver {

struct RetryPolicy {
    int first_s = 10;
    int longest_s = 3600;
    int park_after_h = 72;
    int commitment_timeout_s = 3600;  // without an answer, it is asked for again
};

// How long to wait after failure number `failures` (from 1 on): doubled each time up to the longest, and then
// 75 to 125 % of it, as `jitter` goes from 0 to 1, so that many nodes do not knock at a returning PACS at
// once.
UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures, double jitter);
// The same by chance.
UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures);

// What was created before this has waited too long at `now`.
UnixMillis too_old_before(const RetryPolicy& policy, UnixMillis now);

}  // namespace calcinode::deliver
