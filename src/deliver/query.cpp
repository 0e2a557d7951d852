#include "deliver/query.hpp"

#include <dcmtk/dcmdata/dcuid.h>
#include <spdlog/fmt/fmt.h>

#include "deliver/store_status.hpp"
#include "deliver/wire.hpp"
#include "dicom/memory_dataset.hpp"

namespace calcinode::deliver {
namespace {

constexpr const char* find_class = UID_FINDStudyRootQueryRetrieveInformationModel;
constexpr const char* get_class = UID_GETStudyRootQueryRetrieveInformationModel;

// No patient has more studies, no study more reports; a PACS that takes no notice of the keys is cut short.
constexpr int most_answers = 500;
// Objects and, between them, notices of how many are still to come.
constexpr int most_messages = 200;
constexpr std::size_t longest_answer = 64 << 10;  // bytes; real ones have some hundred
// A report of a thousand images and twenty deposits has 1 MiB.
constexpr std::size_t longest_object = 8 << 20;

constexpr std::uint16_t pending = 0xFF00, pending_with_warning = 0xFF01;
constexpr std::uint16_t some_failed = 0xB000;  // C-GET: what did come is as good as ever

bool is_pending(std::uint16_t status) {
    return status == pending || status == pending_with_warning;
}

template <std::size_t N>
void copy(char (&to)[N], const char* from) {
    OFStandard::strlcpy(to, from, N);
}

std::unexpected<Error> query_broken(Association& association, std::string why) {
    association.set_broken();
    return fail(std::move(why));
}

std::string refusal(const char* request, std::uint16_t status, const std::string& comment) {
    return fmt::format("status {:04X}H to {}{}{}", status, request, comment.empty() ? "" : ", saying ",
                       comment);
}

// C-FIND's and C-GET's requests have the same fields.
template <class Request>
void fill_in(Request& request, Association& association, const char* sop_class) {
    request.MessageID = association.next_message_id();
    request.DataSetType = DIMSE_DATASET_PRESENT;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    copy(request.AffectedSOPClassUID, sop_class);
}

// Sends a request whose identifier is `keys`.
Result<> ask(Association& association, const char* sop_class, T_DIMSE_Message& request, DcmDataset& keys) {
    const auto context = association.context_for(sop_class);
    if (context == 0)
        return fail(
            fmt::format("it does not accept {}; enable it there", dcmFindNameOfUID(sop_class, sop_class)));
    const auto sent = DIMSE_sendMessageUsingMemoryData(association.get(), context, &request, nullptr, &keys,
                                                       nullptr, nullptr);
    if (sent.bad()) return query_broken(association, text_of(sent));
    return {};
}

Result<> take_dataset(Association& association, T_ASC_PresentationContextID context, std::size_t longest,
                      const TakeDataset& take) {
    const auto bytes = receive_dataset(association, context, longest);
    if (!bytes) return query_broken(association, bytes.error());
    T_ASC_PresentationContext agreed{};
    if (ASC_findAcceptedPresentationContext(association.get()->params, context, &agreed).bad())
        return query_broken(association, "a data set came that was not agreed on");
    DcmDataset dataset;
    if (auto read = dicom::read_dataset(*bytes, agreed.acceptedTransferSyntax, dataset); !read)
        return query_broken(association, read.error().what);
    take(dataset);
    return {};
}

OFCondition answer_store(Association& association, const Command& command, std::uint16_t status) {
    const auto& request = command.message.msg.CStoreRQ;
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_C_STORE_RSP;
    auto& response = message.msg.CStoreRSP;
    response.MessageIDBeingRespondedTo = request.MessageID;
    response.DimseStatus = status;
    response.DataSetType = DIMSE_DATASET_NULL;
    response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
    copy(response.AffectedSOPClassUID, request.AffectedSOPClassUID);
    copy(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID);
    return DIMSE_sendMessageUsingMemoryData(association.get(), command.context, &message, nullptr, nullptr,
                                            nullptr, nullptr);
}

// An object on its way to us, which is taken and answered.
Result<> take_object(Association& association, const Command& command, const TakeDataset& take) {
    if (command.message.msg.CStoreRQ.DataSetType == DIMSE_DATASET_NULL)
        return query_broken(association, "the PACS sent an object without content");
    if (auto taken = take_dataset(association, command.context, longest_object, take); !taken) return taken;
    if (const auto sent = answer_store(association, command, success); sent.bad())
        return query_broken(association, text_of(sent));
    return {};
}

// True: the request has come to its end.
Result<bool> end_of(const Command& command, Association& association) {
    const auto& response = command.message.msg.CGetRSP;
    if (response.DataSetType != DIMSE_DATASET_NULL)  // a list of what failed
        if (auto rest = take_dataset(association, command.context, longest_answer, [](DcmItem&) {}); !rest)
            return std::unexpected(rest.error());
    if (is_pending(response.DimseStatus)) return false;
    if (response.DimseStatus == success || response.DimseStatus == some_failed) return true;
    return query_broken(association, refusal("C-GET", response.DimseStatus, command.comment));
}

}  // namespace

std::set<std::string> query_classes() {
    return {find_class, get_class};
}

Result<> find(Association& association, DcmDataset& keys, const TakeDataset& take) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_C_FIND_RQ;
    auto& request = message.msg.CFindRQ;
    fill_in(request, association, find_class);
    if (auto asked = ask(association, find_class, message, keys); !asked) return asked;
    for (int answers = 0; answers <= most_answers; ++answers) {
        Command command;
        if (const auto received = receive_command(association, command); received.bad())
            return query_broken(association, text_of(received));
        const auto& response = command.message.msg.CFindRSP;
        if (command.message.CommandField != DIMSE_C_FIND_RSP ||
            response.MessageIDBeingRespondedTo != request.MessageID)
            return query_broken(association, "the PACS sent a message that was not asked for");
        if (response.DataSetType != DIMSE_DATASET_NULL)
            if (auto taken = take_dataset(association, command.context, longest_answer, take); !taken)
                return taken;
        if (response.DimseStatus == success) return {};
        if (!is_pending(response.DimseStatus))
            return query_broken(association, refusal("C-FIND", response.DimseStatus, command.comment));
    }
    return query_broken(association, fmt::format("more than {} answers to C-FIND", most_answers));
}

Result<> get(Association& association, DcmDataset& keys, const TakeDataset& take) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_C_GET_RQ;
    auto& request = message.msg.CGetRQ;
    fill_in(request, association, get_class);
    if (auto asked = ask(association, get_class, message, keys); !asked) return asked;
    for (int messages = 0; messages < most_messages; ++messages) {
        Command command;
        if (const auto received = receive_command(association, command); received.bad())
            return query_broken(association, text_of(received));
        if (command.message.CommandField == DIMSE_C_STORE_RQ) {
            if (auto taken = take_object(association, command, take); !taken) return taken;
            continue;
        }
        if (command.message.CommandField != DIMSE_C_GET_RSP ||
            command.message.msg.CGetRSP.MessageIDBeingRespondedTo != request.MessageID)
            return query_broken(association, "the PACS sent a message that was not asked for");
        const auto ended = end_of(command, association);
        if (!ended) return std::unexpected(ended.error());
        if (*ended) return {};
    }
    return query_broken(association, "C-GET does not come to an end");
}

}  // namespace calcinode::deliver
