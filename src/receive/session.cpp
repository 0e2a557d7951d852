#include "receive/session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

#include "base/uid.hpp"
#include "dicom/event_report.hpp"
#include "receive/status.hpp"

namespace calcinode::receive {
namespace {

// A C-STORE-RQ has about 300 bytes.
constexpr std::size_t longest_command = 8 * 1024;
// Lines about single instances an association may put in the log; the rest is in the count at its end.
constexpr int most_lines = 10;
// A dataset beyond the allowed size is read on up to this many times that size, so that the peer gets an
// answer.
constexpr std::uint64_t oversize_factor = 4;
constexpr std::size_t longest_comment = 64;  // Error Comment is an LO

const char* transfer_syntax_of(const Association& association, std::uint8_t context_id,
                               T_ASC_PresentationContext& context) {
    if (ASC_findAcceptedPresentationContext(association.parameters(), context_id, &context).bad())
        return nullptr;
    return context.acceptedTransferSyntax;
}

StoreAnswer refusal(std::uint16_t code, std::string comment, std::string detail = "") {
    if (detail.empty()) detail = comment;
    return {.status = code,
            .comment = std::move(comment),
            .detail = std::move(detail),
            .study_uid = {},
            .outcome = Outcome::refused};
}

// What the sink says; an exception of it becomes a refusal.
template <class Call>
auto guarded(Call&& call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception& failure) {
        return std::unexpected(refusal(status::processing_failure, "internal error", failure.what()));
    }
}

// UIDs in log lines are the peer's words until they are known to be UIDs.
std::string shown(const std::string& uid) {
    return Uid::parse(uid) ? uid : "(malformed UID)";
}

}  // namespace

Session::Session(Association& association, const Limits& limits, const InstanceSink& sink, Watch watch)
    : association_(&association),
      limits_(&limits),
      sink_(&sink),
      watch_(std::move(watch)),
      calling_ae_(association.calling_ae()),
      message_(std::chrono::seconds(limits.message_timeout_s)) {}

Ending Session::run() {
    while (one_message()) {
    }
    return *ending_;
}

std::string Session::how_it_ended() const {
    if (!in_words_.empty()) return in_words_;
    std::string name(name_of(ending_.value_or(Ending::internal_error)));
    std::ranges::replace(name, '_', ' ');
    return name;
}

bool Session::end(Ending how, std::string in_words) {
    if (ending_) return false;
    ending_ = how;
    in_words_ = std::move(in_words);
    return false;
}

bool Session::abort(Ending how, std::string in_words) {
    association_->abort();
    return end(how, "aborted here: " + std::move(in_words));
}

bool Session::next_fragment(Fragment& fragment) {
    const char* const within = message_.begun() ? " within a message" : "";
    switch (association_->next(fragment)) {
        case Next::fragment:
            break;
        case Next::release:
            if (message_.begun()) return abort(Ending::not_dicom, "a release was asked for within a message");
            association_->acknowledge_release();
            return end(Ending::released);
        case Next::aborted:
            return end(Ending::aborted_by_peer, std::string("aborted by the peer") + within);
        case Next::lost:
            return end(Ending::lost, std::string("lost") + within);
        case Next::malformed:
            return abort(Ending::not_dicom, "what came is not a DICOM message");
    }
    message_.count(fragment.data.size(), fragment.last);
    if (message_.too_many_tiny())
        return abort(Ending::not_dicom, "a message came in too many tiny fragments");
    if (message_.too_slow())
        return abort(Ending::slow_message,
                     "a message took longer than " + std::to_string(limits_->message_timeout_s) + " s");
    return true;
}

bool Session::one_message() {
    if (Clock::now() - begin_ > std::chrono::seconds(limits_->association_timeout_s))
        return abort(Ending::too_long, "it was open for as long as allowed");
    message_.begin();
    std::vector<std::byte> bytes;
    Fragment fragment;
    do {
        if (!next_fragment(fragment)) return false;
        if (!fragment.command || bytes.size() + fragment.data.size() > longest_command)
            return abort(Ending::not_dicom, "what came is not a command");
        bytes.insert(bytes.end(), fragment.data.begin(), fragment.data.end());
    } while (!fragment.last);

    const auto command = parse_command(bytes);
    if (command && command->field == Command::echo_request) return echo(*command, fragment.context_id);
    if (command && command->field == Command::store_request) return store(*command, fragment.context_id);
    if (command && command->field == Command::event_report_request)
        return report(*command, fragment.context_id);
    if (command && command->field == Command::cancel_request)
        return true;  // nothing runs that it could cancel
    return abort(Ending::not_dicom, command ? "the command is neither C-ECHO, C-STORE nor N-EVENT-REPORT"
                                            : command.error().what);
}

bool Session::echo(const Command& command, std::uint8_t context_id) {
    if (command.has_dataset) return abort(Ending::not_dicom, "a C-ECHO has no dataset");
    ++tally_.echoes;
    return answer(command, context_id, status::success, "");
}

bool Session::store(const Command& command, std::uint8_t context_id) {
    if (!command.has_dataset) return abort(Ending::not_dicom, "a C-STORE without a dataset");
    // Destroyed after the answer is on its way: what can wait is done then.
    auto intake = begin(command, context_id);
    watch_.receiving(intake.has_value());  // who is refused brings nothing that a study could wait for
    bool alive = true;
    const auto taken = take_dataset(intake, context_id, alive);
    if (alive) {
        tally_.count(taken.outcome);
        if (!taken.study_uid.empty()) watch_.fed_study(taken.study_uid);
        log(command, taken);
        alive =
            answer(command, context_id, taken.status, taken.status == status::success ? "" : taken.comment);
    }
    watch_.receiving(false);
    return alive;
}

bool Session::report(const Command& command, std::uint8_t context_id) {
    std::vector<std::byte> dataset;
    const auto take = [&](std::span<const std::byte> bytes) {
        dataset.insert(dataset.end(), bytes.begin(), bytes.end());
        return dataset.size() <= dicom::longest_commitment_report;
    };
    if (command.has_dataset && !receive_dataset(context_id, take)) return false;
    ++tally_.reports;
    const auto answered = dicom::answer_event_report(*association_->get(),
                                                     {.context_id = context_id,
                                                      .message_id = command.message_id,
                                                      .event_type = command.event_type,
                                                      .sop_class_uid = command.sop_class_uid,
                                                      .sop_instance_uid = command.sop_instance_uid},
                                                     dataset, sink_->on_commitment);
    return answered.has_value() || end(Ending::lost);
}

std::expected<std::unique_ptr<Intake>, StoreAnswer> Session::begin(const Command& command,
                                                                   std::uint8_t context_id) const {
    T_ASC_PresentationContext context{};
    const char* const transfer_syntax = transfer_syntax_of(*association_, context_id, context);
    if (!transfer_syntax || command.sop_class_uid != context.abstractSyntax)
        return std::unexpected(
            refusal(status::class_mismatch, "SOP class is not that of the presentation context"));
    if (!Uid::parse(command.sop_instance_uid))
        return std::unexpected(refusal(status::cannot_understand, "malformed SOP Instance UID"));
    return guarded([&] {
        return sink_->begin({command.sop_class_uid, command.sop_instance_uid, transfer_syntax, calling_ae_,
                             command.priority == Command::high_priority});
    });
}

StoreAnswer Session::take_dataset(std::expected<std::unique_ptr<Intake>, StoreAnswer>& intake,
                                  std::uint8_t context_id, bool& alive) {
    const std::uint64_t longest = limits_->max_object_bytes;
    std::uint64_t received = 0;
    alive = receive_dataset(context_id, [&](std::span<const std::byte> bytes) {
        received += bytes.size();
        if (intake && received > longest)
            intake = std::unexpected(refusal(status::cannot_understand, "larger than is allowed here"));
        if (intake) (*intake)->write(bytes);
        return received / oversize_factor <= longest;
    });
    if (!intake) return intake.error();
    if (!alive) return {};
    const auto committed =
        guarded([&]() -> std::expected<StoreAnswer, StoreAnswer> { return (*intake)->commit(); });
    return committed ? *committed : committed.error();
}

bool Session::receive_dataset(std::uint8_t context_id,
                              const std::function<bool(std::span<const std::byte>)>& take) {
    Fragment fragment;
    do {
        if (!next_fragment(fragment)) return false;
        if (fragment.command || fragment.context_id != context_id)
            return abort(Ending::not_dicom, "a dataset was broken off by another message");
        if (!take(fragment.data))
            return abort(Ending::far_too_large, "a dataset was far larger than allowed");
    } while (!fragment.last);
    return true;
}

bool Session::answer(const Command& command, std::uint8_t context_id, std::uint16_t status,
                     const std::string& comment) {
    const auto response = response_to(command, status, comment.substr(0, longest_comment));
    return association_->send_command(context_id, response) || end(Ending::lost);
}

void Session::log(const Command& command, const StoreAnswer& answer) {
    if (answer.detail.empty() || ++lines_ > most_lines) return;
    spdlog::warn("instance {} from {}: {} (status {:04X}H){}", shown(command.sop_instance_uid), calling_ae_,
                 answer.detail, answer.status,
                 lines_ == most_lines ? "; more of this association not shown" : "");
}

}  // namespace calcinode::receive
