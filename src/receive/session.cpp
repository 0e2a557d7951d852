#include "receive/session.hpp"

#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/dimse.h>
#include <spdlog/spdlog.h>

#include <cstring>
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

void Tally::count(Outcome outcome) {
    switch (outcome) {
        case Outcome::stored:
            ++stored;
            break;
        case Outcome::duplicate:
            ++duplicates;
            break;
        case Outcome::conflict:
            ++conflicts;
            break;
        case Outcome::ignored:
            ++ignored;
            break;
        case Outcome::refused:
            ++refused;
            break;
    }
}

Session::Session(Association& association, const Limits& limits, const InstanceSink& sink, Watch watch)
    : association_(&association),
      limits_(&limits),
      sink_(&sink),
      watch_(std::move(watch)),
      calling_ae_(association.calling_ae()) {}

std::string Session::run() {
    while (one_message()) {
    }
    return how_it_ended_;
}

bool Session::end(std::string how) {
    if (how_it_ended_.empty()) how_it_ended_ = std::move(how);
    return false;
}

bool Session::one_message() {
    std::vector<std::byte> bytes;
    Fragment fragment;
    do {
        switch (association_->next(fragment)) {
            case Next::fragment:
                break;
            case Next::release:
                association_->acknowledge_release();
                return end("released");
            case Next::aborted:
                return end("aborted by the peer");
            case Next::lost:
                return end("lost");
        }
        if (!fragment.command || bytes.size() + fragment.data.size() > longest_command) {
            association_->abort();
            return end("aborted here: what came is not a command");
        }
        bytes.insert(bytes.end(), fragment.data.begin(), fragment.data.end());
    } while (!fragment.last);

    const auto command = parse_command(bytes);
    if (command && command->field == Command::echo_request) return echo(*command, fragment.context_id);
    if (command && command->field == Command::store_request) return store(*command, fragment.context_id);
    if (command && command->field == Command::event_report_request)
        return report(*command, fragment.context_id);
    if (command && command->field == Command::cancel_request)
        return true;  // nothing runs that it could cancel
    association_->abort();
    return end(command ? "aborted here: the command is neither C-ECHO, C-STORE nor N-EVENT-REPORT"
                       : "aborted here: " + command.error().what);
}

bool Session::echo(const Command& command, std::uint8_t context_id) {
    if (command.has_dataset) {
        association_->abort();
        return end("aborted here: a C-ECHO has no dataset");
    }
    T_DIMSE_C_EchoRQ request{};
    request.MessageID = command.message_id;
    std::strncpy(request.AffectedSOPClassUID, UID_VerificationSOPClass,
                 sizeof request.AffectedSOPClassUID - 1);
    request.DataSetType = DIMSE_DATASET_NULL;
    ++tally_.echoes;
    if (DIMSE_sendEchoResponse(association_->get(), context_id, &request, STATUS_Success, nullptr).bad())
        return end("lost");
    return true;
}

bool Session::store(const Command& command, std::uint8_t context_id) {
    if (!command.has_dataset) {
        association_->abort();
        return end("aborted here: a C-STORE without a dataset");
    }
    watch_.receiving(true);
    bool alive = true;
    const auto answer = take_instance(command, context_id, alive);
    if (alive) {
        tally_.count(answer.outcome);
        if (!answer.study_uid.empty()) watch_.fed_study(answer.study_uid);
        log(command, answer);
        alive = answer_store(command, context_id, answer);
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
    return answered.has_value() || end("lost");
}

StoreAnswer Session::take_instance(const Command& command, std::uint8_t context_id, bool& alive) {
    const auto ignore = [](std::span<const std::byte>) { return true; };
    const auto refuse = [&](StoreAnswer answer) {
        alive = receive_dataset(context_id, ignore);
        return answer;
    };
    T_ASC_PresentationContext context{};
    const char* const transfer_syntax = transfer_syntax_of(*association_, context_id, context);
    if (!transfer_syntax || command.sop_class_uid != context.abstractSyntax)
        return refuse(refusal(status::class_mismatch, "SOP class is not that of the presentation context"));
    if (!Uid::parse(command.sop_instance_uid))
        return refuse(refusal(status::cannot_understand, "malformed SOP Instance UID"));

    auto intake = guarded([&] {
        return sink_->begin({command.sop_class_uid, command.sop_instance_uid, transfer_syntax, calling_ae_});
    });
    if (!intake) return refuse(intake.error());
    return take_into(std::move(*intake), context_id, alive);
}

StoreAnswer Session::take_into(std::unique_ptr<Intake> intake, std::uint8_t context_id, bool& alive) {
    const std::uint64_t longest = limits_->max_object_bytes;
    std::uint64_t received = 0;
    alive = receive_dataset(context_id, [&](std::span<const std::byte> bytes) {
        received += bytes.size();
        if (received > longest) intake.reset();
        if (intake) intake->write(bytes);
        return received / oversize_factor <= longest;
    });
    if (!intake) return refusal(status::cannot_understand, "larger than is allowed here");
    if (!alive) return {};
    const auto committed =
        guarded([&]() -> std::expected<StoreAnswer, StoreAnswer> { return intake->commit(); });
    return committed ? *committed : committed.error();
}

bool Session::receive_dataset(std::uint8_t context_id,
                              const std::function<bool(std::span<const std::byte>)>& take) {
    Fragment fragment;
    do {
        switch (association_->next(fragment)) {
            case Next::fragment:
                break;
            case Next::aborted:
                return end("aborted by the peer within an instance");
            case Next::release:
            case Next::lost:
                return end("lost within an instance");
        }
        if (fragment.command || fragment.context_id != context_id) {
            association_->abort();
            return end("aborted here: a dataset was broken off by another message");
        }
        if (!take(fragment.data)) {
            association_->abort();
            return end("aborted here: a dataset was far larger than allowed");
        }
    } while (!fragment.last);
    return true;
}

bool Session::answer_store(const Command& command, std::uint8_t context_id, const StoreAnswer& answer) {
    T_DIMSE_C_StoreRQ request{};
    request.MessageID = command.message_id;
    T_DIMSE_C_StoreRSP response{};
    response.DimseStatus = answer.status;
    response.DataSetType = DIMSE_DATASET_NULL;
    const auto copy = [](auto& to, const std::string& from) {
        std::strncpy(to, from.c_str(), sizeof to - 1);
    };
    copy(request.AffectedSOPClassUID, command.sop_class_uid);
    copy(request.AffectedSOPInstanceUID, command.sop_instance_uid);
    copy(response.AffectedSOPClassUID, command.sop_class_uid);
    copy(response.AffectedSOPInstanceUID, command.sop_instance_uid);
    response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;

    DcmDataset detail;
    if (answer.status != status::success && !answer.comment.empty())
        detail.putAndInsertString(DCM_ErrorComment, answer.comment.substr(0, longest_comment).c_str());
    const auto sent = DIMSE_sendStoreResponse(association_->get(), context_id, &request, &response,
                                              detail.isEmpty() ? nullptr : &detail);
    return sent.good() || end("lost");
}

void Session::log(const Command& command, const StoreAnswer& answer) {
    if (answer.detail.empty() || ++lines_ > most_lines) return;
    spdlog::warn("instance {} from {}: {} (status {:04X}H){}", shown(command.sop_instance_uid), calling_ae_,
                 answer.detail, answer.status,
                 lines_ == most_lines ? "; more of this association not shown" : "");
}

}  // namespace calcinode::receive
