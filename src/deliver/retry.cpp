#include "deliver/retry.hpp"

#include <algorithm>
#include <random>

namespace calcinode::deliver {

UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures, double jitter) {
    constexpr int enough_doublings = 30;  // 2^30 s is 34 years: no overflow, and longer than any `longest_s`
    const int doublings = std::clamp(failures - 1, 0, enough_doublings);
    const auto delay_s = std::min<UnixMillis>(UnixMillis{policy.first_s} << doublings, policy.longest_s);
    return static_cast<UnixMillis>(static_cast<double>(delay_s) * 1000 * (0.75 + 0.5 * jitter));
}

UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures) {
    thread_local std::mt19937 generator{std::random_device{}()};
    return retry_delay_ms(policy, failures, std::uniform_real_distribution<double>(0, 1)(generator));
}

UnixMillis too_old_before(const RetryPolicy& policy, UnixMillis now) {
    constexpr UnixMillis hour_ms = 3600 * 1000;
    return now - policy.park_after_h * hour_ms;
}

}  // namespace calcinode::deliver
