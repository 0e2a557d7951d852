#include "deliver/messages.hpp"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "deliver/wire.hpp"
#include "dicom/event_report.hpp"

namespace calcinode::deliver {
namespace {

// Between a request and its response, or in one look: more than any peer has to say.
constexpr int most_reports_at_once = 1000;

std::optional<std::string> answer_report(Association& association, const Command& command,
                                         const OnReport& on_report) {
    const auto& request = command.message.msg.NEventReportRQ;
    std::vector<std::byte> dataset;
    if (request.DataSetType != DIMSE_DATASET_NULL) {
        auto received = receive_dataset(association, command.context, dicom::longest_commitment_report);
        if (!received) return received.error();
        dataset = std::move(*received);
    }
    const dicom::EventReport report{command.context, request.MessageID, request.EventTypeID,
                                    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID};
    const auto answered = dicom::answer_event_report(*association.get(), report, dataset, on_report);
    return answered ? std::nullopt : std::optional(answered.error().what);
}

// The response to the request, or nothing where what came was a report (answered by now).
std::expected<std::optional<Answer>, std::string> one_message(Association& association,
                                                              const OnReport& on_report,
                                                              T_DIMSE_Command expected, DIC_US message_id) {
    Command command;
    if (const auto received = receive_command(association, command); received.bad()) {
        if (received == DUL_PEERREQUESTEDRELEASE) association.acknowledge_release();
        return std::unexpected(text_of(received));
    }
    if (command.message.CommandField == DIMSE_N_EVENT_REPORT_RQ) {
        if (auto failure = answer_report(association, command, on_report)) return std::unexpected(*failure);
        return std::nullopt;
    }
    const auto answer_if = [&](const auto& response) -> std::expected<std::optional<Answer>, std::string> {
        if (response.MessageIDBeingRespondedTo != message_id)
            return std::unexpected("the peer answered a request that was not made");
        if (response.DataSetType != DIMSE_DATASET_NULL)  // an action's reply, of which nothing is needed
            if (auto reply = receive_dataset(association, command.context, dicom::longest_commitment_report);
                !reply)
                return std::unexpected(reply.error());
        return Answer{response.DimseStatus, command.comment};
    };
    if (command.message.CommandField == expected && expected == DIMSE_C_STORE_RSP)
        return answer_if(command.message.msg.CStoreRSP);
    if (command.message.CommandField == expected && expected == DIMSE_N_ACTION_RSP)
        return answer_if(command.message.msg.NActionRSP);
    return std::unexpected("the peer sent a message that was not asked for");
}

struct Expected {
    T_DIMSE_Command response;
    DIC_US message_id;
};

Expected response_to(const T_DIMSE_Message& request) {
    if (request.CommandField == DIMSE_C_STORE_RQ) return {DIMSE_C_STORE_RSP, request.msg.CStoreRQ.MessageID};
    return {DIMSE_N_ACTION_RSP, request.msg.NActionRQ.MessageID};
}

std::unexpected<std::string> broken(Association& association, std::string why) {
    association.set_broken();
    return std::unexpected(std::move(why));
}

}  // namespace

std::expected<Answer, std::string> exchange(Association& association, T_ASC_PresentationContextID context,
                                            T_DIMSE_Message& request, DcmDataset* dataset,
                                            const OnReport& on_report) {
    const auto sent = DIMSE_sendMessageUsingMemoryData(association.get(), context, &request, nullptr, dataset,
                                                       nullptr, nullptr);
    if (sent.bad()) return broken(association, text_of(sent));
    const auto [response, message_id] = response_to(request);
    for (int reports = 0; reports < most_reports_at_once; ++reports) {
        auto message = one_message(association, on_report, response, message_id);
        if (!message) return broken(association, message.error());
        if (*message) return **message;
    }
    return broken(association, "the peer sent reports without end");
}

void take_in(Association& association, const OnReport& on_report) {
    for (int reports = 0; reports < most_reports_at_once; ++reports) {
        if (!ASC_dataWaiting(association.get(), 0)) return;
        const auto message = one_message(association, on_report, DIMSE_NOTHING, 0);
        if (message) continue;
        spdlog::debug("the association with {} ended: {}", association.get()->params->DULparams.calledAPTitle,
                      message.error());
        return association.set_broken();
    }
}

}  // namespace calcinode::deliver
