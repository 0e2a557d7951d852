#include "deliver/outbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

namespace calcinode::deliver {
namespace {

// One association carries at most so many objects, so that a stop waits for a bounded number.
constexpr int most_at_once = 64;
constexpr UnixMillis hour_ms = 3600 * 1000;

double random_fraction() {
    thread_local std::mt19937 generator{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures, double jitter) {
    constexpr int enough_doublings = 30;  // 2^30 s is 34 years: no overflow, and longer than any `longest_s`
    const int doublings = std::clamp(failures - 1, 0, enough_doublings);
    const auto delay_s = std::min<UnixMillis>(UnixMillis{policy.first_s} << doublings, policy.longest_s);
    return static_cast<UnixMillis>(static_cast<double>(delay_s) * 1000 * (0.75 + 0.5 * jitter));
}

Outbox::Outbox(store::Database& database, Destination destination, std::filesystem::path results_folder,
               RetryPolicy policy, Send send)
    : database_(&database),
      destination_(std::move(destination)),
      results_folder_(std::move(results_folder)),
      policy_(policy),
      send_(std::move(send)) {}

int Outbox::deliver_due(UnixMillis now) {
    const auto due = database_->due_deliveries(destination_.name, now, most_at_once);
    if (due.empty()) return 0;
    std::vector<FileToSend> files;
    for (const auto& delivery : due)
        files.push_back({delivery.sop_class_uid, delivery.sop_instance_uid, results_folder_ / delivery.path});
    const auto outcomes = send_(destination_, files);
    int waiting = 0;
    std::string why;
    for (std::size_t i = 0; i < due.size(); ++i) {
        if (record(due[i], outcomes[i], now) != After::waits) continue;
        ++waiting;
        why = outcomes[i].what;
    }
    // A peer that is away is one line for all that waits for it, not one an object.
    if (waiting > 0)
        spdlog::warn("{}: {} object{} not delivered, will be tried again: {}", destination_.name, waiting,
                     waiting == 1 ? "" : "s", why);
    return static_cast<int>(due.size());
}

Outbox::After Outbox::record(const store::Delivery& delivery, const SendOutcome& outcome, UnixMillis now) {
    if (outcome.state == SendState::arrived) {
        database_->delivery_sent(delivery.id, now);
        spdlog::info("study {}: object {} delivered to {}{}{}", delivery.study_uid, delivery.sop_instance_uid,
                     destination_.name, outcome.what.empty() ? "" : ": ", outcome.what);
        return After::sent;
    }
    const bool too_old = now - delivery.created > policy_.park_after_h * hour_ms;
    if (outcome.state == SendState::permanent_failure || too_old) {
        database_->delivery_parked(delivery.id, outcome.what);
        spdlog::error("study {}: object {} NOT delivered to {} and parked{}: {}", delivery.study_uid,
                      delivery.sop_instance_uid, destination_.name,
                      too_old ? fmt::format(" after {} hours", policy_.park_after_h) : "", outcome.what);
        return After::parked;
    }
    const auto delay_ms = retry_delay_ms(policy_, delivery.attempts + 1, random_fraction());
    database_->delivery_failed(delivery.id, outcome.what, now + delay_ms);
    spdlog::debug("study {}: object {} not delivered to {}, next try in {} s: {}", delivery.study_uid,
                  delivery.sop_instance_uid, destination_.name, delay_ms / 1000, outcome.what);
    return After::waits;
}

}  // namespace calcinode::deliver
