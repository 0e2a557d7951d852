#include "deliver/commitments.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "deliver/store_status.hpp"

namespace calcinode::deliver {
namespace {

using Then = store::CommitmentVerdict::Then;

constexpr std::uint16_t invalid_argument = 0x0115;  // the Transaction UID is none of ours

struct Meaning {
    Then then;
    const char* words;
};

// Failure Reason (PS3.4 J.3.3.1.1).
Meaning meaning_of(std::uint16_t reason) {
    switch (reason) {
        case 0x0110:
            return {Then::send_again, "it failed to process it"};
        case 0x0112:
            return {Then::send_again, "it does not have it, although it said that it stored it"};
        case 0x0213:
            return {Then::send_again, "it is out of resources"};
        case 0x0131:
            return {Then::ask_again, "it knew the transaction already"};
        case 0x0119:
            return {Then::park, "it has it under another SOP class"};
        case 0x0122:
            return {Then::park, "it does not commit itself to this SOP class"};
        default:
            return {Then::send_again, "it gave no known reason"};
    }
}

const char* what_follows(Then then) {
    switch (then) {
        case Then::send_again:
            return "sent again";
        case Then::ask_again:
            return "asked again";
        case Then::park:
            return "parked";
        case Then::committed:
            break;
    }
    return "committed";
}

bool is_about(const dicom::InstanceReference& reference, const store::Delivery& delivery) {
    return reference.sop_instance_uid == delivery.sop_instance_uid &&
           reference.sop_class_uid == delivery.sop_class_uid;
}

void log(const std::vector<store::Delivery>& asked, const std::vector<store::CommitmentVerdict>& verdicts) {
    std::map<std::pair<std::string, std::string>, int> committed;  // by study and destination
    for (const auto& verdict : verdicts) {
        const auto& delivery = *std::ranges::find(asked, verdict.delivery_id, &store::Delivery::id);
        if (verdict.then == Then::committed)
            ++committed[{delivery.study_uid, delivery.destination}];
        else
            spdlog::warn("study {}: object {} at {} {}; {}", delivery.study_uid, delivery.sop_instance_uid,
                         delivery.destination, verdict.why, what_follows(verdict.then));
    }
    for (const auto& [where, count] : committed)
        spdlog::info("study {}: {} objects committed by {}", where.first, count, where.second);
}

}  // namespace

store::CommitmentVerdict Commitments::verdict_on(const store::Delivery& delivery, std::uint16_t reason,
                                                 UnixMillis now) const {
    const auto meaning = meaning_of(reason);
    const bool too_old = delivery.created < too_old_before(policy_, now);
    return {delivery.id, too_old ? Then::park : meaning.then,
            fmt::format("not committed, failure reason {:04X}H from the peer: {}", reason, meaning.words),
            now + retry_delay_ms(policy_, std::max(delivery.attempts, delivery.asked))};
}

std::uint16_t Commitments::take(const dicom::CommitmentReport& report, UnixMillis now) const {
    const auto asked = database_->commitment(report.transaction_uid);
    if (!asked) {
        spdlog::debug(
            "a commitment report came for transaction {}, which was never asked for or is long over",
            report.transaction_uid);
        return invalid_argument;
    }
    std::vector<store::CommitmentVerdict> verdicts;
    for (const auto& delivery : *asked) {
        const auto has = [&](const auto& reference) { return is_about(reference, delivery); };
        const auto failed = std::ranges::find_if(report.failed, has, &dicom::FailedReference::instance);
        if (failed != report.failed.end())
            verdicts.push_back(verdict_on(delivery, failed->reason, now));
        else if (std::ranges::any_of(report.committed, has))
            verdicts.push_back({delivery.id, Then::committed, "", 0});
    }
    database_->record_verdicts(report.transaction_uid, verdicts, now);
    log(*asked, verdicts);  // only now, so that it tells what holds
    return success;
}

}  // namespace calcinode::deliver
