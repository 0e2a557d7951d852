#include "dicom/event_report.hpp"

#include <dcmtk/dcmnet/dimse.h>
#include <spdlog/spdlog.h>

#include "dicom/condition.hpp"

namespace calcinode::dicom {
namespace {

// PS3.7 annex C.
constexpr std::uint16_t processing_failure = 0x0110;
constexpr std::uint16_t no_such_instance = 0x0112;
constexpr std::uint16_t no_such_event_type = 0x0113;
constexpr std::uint16_t invalid_argument = 0x0115;
constexpr std::uint16_t no_such_class = 0x0118;

// PS3.4 J.3.3.1.
constexpr std::uint16_t all_committed = 1, failures_exist = 2;

std::uint16_t status_for(T_ASC_Association& association, const EventReport& command,
                         std::span<const std::byte> dataset,
                         const std::function<std::uint16_t(const CommitmentReport&)>& take) {
    T_ASC_PresentationContext context{};
    if (ASC_findAcceptedPresentationContext(association.params, command.context_id, &context).bad() ||
        command.sop_class_uid != commitment_class)
        return no_such_class;
    if (command.sop_instance_uid != commitment_instance) return no_such_instance;
    if (command.event_type != all_committed && command.event_type != failures_exist)
        return no_such_event_type;
    const auto report = parse_commitment_report(dataset, context.acceptedTransferSyntax);
    if (!report) return invalid_argument;
    try {
        return take(*report);
    } catch (const std::exception& failure) {
        spdlog::error("commitment report for transaction {} not recorded: {}", report->transaction_uid,
                      failure.what());
        return processing_failure;
    }
}

}  // namespace

Result<> answer_event_report(T_ASC_Association& association, const EventReport& command,
                             std::span<const std::byte> dataset,
                             const std::function<std::uint16_t(const CommitmentReport&)>& take) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_N_EVENT_REPORT_RSP;
    auto& response = message.msg.NEventReportRSP;
    response.MessageIDBeingRespondedTo = command.message_id;
    response.DimseStatus = status_for(association, command, dataset, take);
    response.DataSetType = DIMSE_DATASET_NULL;
    response.EventTypeID = command.event_type;
    OFStandard::strlcpy(response.AffectedSOPClassUID, command.sop_class_uid.c_str(),
                        sizeof response.AffectedSOPClassUID);
    OFStandard::strlcpy(response.AffectedSOPInstanceUID, command.sop_instance_uid.c_str(),
                        sizeof response.AffectedSOPInstanceUID);
    response.opts = O_NEVENTREPORT_AFFECTEDSOPCLASSUID | O_NEVENTREPORT_AFFECTEDSOPINSTANCEUID |
                    O_NEVENTREPORT_EVENTTYPEID;
    return check(DIMSE_sendMessageUsingMemoryData(&association, command.context_id, &message, nullptr,
                                                  nullptr, nullptr, nullptr),
                 "cannot answer a commitment report");
}

}  // namespace calcinode::dicom
