#include "deliver/retry.hpp"

#include <random>

namespace calcinode::deliver {

UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures, double jitter) {
    const auto delay = delay_ms({policy.first_s, policy.longest_s}, failures);
    return static_cast<UnixMillis>(static_cast<double>(delay) * (0.75 + 0.5 * jitter));
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
