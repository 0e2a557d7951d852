#include "deliver/outbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/uid.hpp"

namespace calcinode::deliver {
namespace {

// So many objects are sent, or asked for in one transaction, at a time: a stop waits for a bounded number.
constexpr int most_at_once = 64;

const char* plural(std::size_t count) {
    return count == 1 ? "" : "s";
}

}  // namespace

Outbox::Outbox(store::Database& database, Route route, std::filesystem::path results_folder,
               RetryPolicy policy, std::unique_ptr<Peer> peer)
    : database_(&database),
      route_(std::move(route)),
      results_folder_(std::move(results_folder)),
      policy_(policy),
      reachability_(database, route_.name, route_.what, policy),
      peer_(std::move(peer)) {
    if (route_.storage_commitment) return;
    if (const int waived = database_->waive_commitments(route_.name); waived > 0)
        spdlog::info("{}: {} objects no longer wait for their commitment: storage_commitment is false",
                     route_.name, waived);
}

int Outbox::work(UnixMillis now) {
    peer_->attend();
    if (!reachability_.is_due(now)) return 0;
    const int sent = send_due(now);
    if (!route_.storage_commitment || !reachability_.is_due(now)) return sent;
    return sent + ask_due(now);
}

int Outbox::send_due(UnixMillis now) {
    const auto due = database_->due_deliveries(route_.name, now, most_at_once);
    if (due.empty()) return 0;
    std::vector<FileToSend> files;
    for (const auto& delivery : due)
        files.push_back({delivery.sop_class_uid, delivery.sop_instance_uid, results_folder_ / delivery.path});
    auto sent = peer_->store(files);
    const bool refused = sent.trouble && sent.trouble->kind == Trouble::Kind::refused;
    // An answer to one object shows that it is there, even where the next one broke the association.
    if (!sent.trouble || refused || sent.outcomes.size() > 1) reachability_.reached(now);
    // None of these objects' classes is accepted there, as if each had been refused by itself.
    if (refused) sent.outcomes.resize(due.size(), {SendState::permanent_failure, sent.trouble->what});
    record_all(due, sent, now);
    if (sent.trouble && !refused) {
        reachability_.failed(*sent.trouble, now);
        give_up_old(*sent.trouble, now);
    }
    return static_cast<int>(sent.outcomes.size());
}

void Outbox::record_all(const std::vector<store::Delivery>& due, const Sent& sent, UnixMillis now) {
    std::size_t newly_waiting = 0;
    std::string why;
    for (std::size_t i = 0; i < sent.outcomes.size(); ++i) {
        const auto& what = sent.outcomes[i].what;
        if (record(due[i], sent.outcomes[i], now) != After::waits) continue;
        const bool said_before = due[i].last_error == what;
        const bool said_of_destination = sent.trouble && sent.trouble->what == what;
        if (said_before || said_of_destination) continue;
        ++newly_waiting;
        why = what;
    }
    if (newly_waiting > 0)
        spdlog::warn("{}: {} {}{} not delivered, will be tried again: {}", route_.name, newly_waiting,
                     route_.what, plural(newly_waiting), why);
}

Outbox::After Outbox::record(const store::Delivery& delivery, const SendOutcome& outcome, UnixMillis now) {
    if (outcome.state == SendState::arrived) {
        database_->delivery_sent(
            delivery.id, now,
            route_.storage_commitment ? store::Commitment::asked : store::Commitment::not_asked);
        spdlog::info("study {}: {} {} delivered to {}{}{}", delivery.study_uid, route_.what,
                     delivery.sop_instance_uid, route_.name, outcome.what.empty() ? "" : ": ", outcome.what);
        route_.on_sent(delivery);
        return After::sent;
    }
    const bool too_old = delivery.created < too_old_before(policy_, now);
    if (outcome.state == SendState::permanent_failure || too_old) {
        database_->delivery_parked(delivery.id, outcome.what);
        spdlog::error("study {}: {} {} NOT delivered to {} and parked{}: {}", delivery.study_uid, route_.what,
                      delivery.sop_instance_uid, route_.name,
                      too_old ? fmt::format(" after {} hours", policy_.park_after_h) : "", outcome.what);
        return After::parked;
    }
    const auto delay_ms = retry_delay_ms(policy_, delivery.attempts + 1);
    database_->delivery_failed(delivery.id, outcome.what, now + delay_ms);
    return After::waits;
}

void Outbox::give_up_old(const Trouble& trouble, UnixMillis now) {
    const int parked = database_->park_deliveries(route_.name, too_old_before(policy_, now), trouble.what);
    if (parked > 0)
        spdlog::error("{}: {} {}s parked after {} hours; resend them when it is back: {}", route_.name,
                      parked, route_.what, policy_.park_after_h, trouble.what);
}

int Outbox::ask_due(UnixMillis now) {
    const auto due = without_old(database_->due_commitments(route_.name, now, most_at_once), now);
    if (!due.empty()) ask(due, now);
    return static_cast<int>(due.size());
}

std::vector<store::Delivery> Outbox::without_old(std::vector<store::Delivery> waiting, UnixMillis now) {
    const auto limit = too_old_before(policy_, now);
    const auto [old_begin, old_end] = std::ranges::stable_partition(
        waiting, [&](const store::Delivery& delivery) { return delivery.created >= limit; });
    std::vector<store::CommitmentVerdict> verdicts;
    for (auto old = old_begin; old != old_end; ++old)
        verdicts.push_back({old->id, store::CommitmentVerdict::Then::park, "stored, but never committed", 0});
    if (verdicts.empty()) return waiting;
    database_->record_verdicts("", verdicts, now);
    spdlog::error("{}: {} objects are stored there, but were not committed within {} hours and are parked",
                  route_.name, verdicts.size(), policy_.park_after_h);
    waiting.erase(old_begin, old_end);
    return waiting;
}

void Outbox::ask(const std::vector<store::Delivery>& deliveries, UnixMillis now) {
    std::vector<dicom::InstanceReference> instances;
    for (const auto& delivery : deliveries)
        instances.push_back({delivery.sop_class_uid, delivery.sop_instance_uid});
    // Said when it is new, not each time.
    const auto unanswered = std::ranges::count(deliveries, 1, &store::Delivery::asked);
    const auto transaction_uid = Uid::random().str();
    database_->begin_commitment(transaction_uid, deliveries, now,
                                now + UnixMillis{policy_.commitment_timeout_s} * 1000);
    const auto trouble = peer_->ask_commitment(transaction_uid, instances);
    if (!trouble) {
        reachability_.reached(now);
        spdlog::log(
            unanswered > 0 ? spdlog::level::warn : spdlog::level::debug,
            "{}: commitment of {} objects asked for, of {} again for want of an answer; transaction {}",
            route_.name, deliveries.size(), unanswered, transaction_uid);
        return;
    }
    const int asked = std::ranges::max(deliveries, {}, &store::Delivery::asked).asked + 1;
    database_->commitment_failed(transaction_uid, trouble->what, now + retry_delay_ms(policy_, asked));
    if (trouble->kind != Trouble::Kind::refused) return reachability_.failed(*trouble, now);
    reachability_.reached(now);
    if (deliveries.front().last_error != trouble->what)
        spdlog::warn("{}: commitment of {} objects not taken on, will be asked for again: {}", route_.name,
                     deliveries.size(), trouble->what);
}

}  // namespace calcinode::deliver
