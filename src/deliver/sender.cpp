#include "deliver/sender.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <spdlog/fmt/fmt.h>

#include "deliver/association.hpp"
#include "deliver/store_status.hpp"

namespace calcinode::deliver {
namespace {

T_DIMSE_C_StoreRQ store_request(DIC_US message_id, const FileToSend& file) {
    T_DIMSE_C_StoreRQ request{};
    request.MessageID = message_id;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    OFStandard::strlcpy(request.AffectedSOPClassUID, file.sop_class_uid.c_str(),
                        sizeof request.AffectedSOPClassUID);
    OFStandard::strlcpy(request.AffectedSOPInstanceUID, file.sop_instance_uid.c_str(),
                        sizeof request.AffectedSOPInstanceUID);
    return request;
}

std::string error_comment(DcmDataset* detail) {
    OFString comment;
    if (detail) detail->findAndGetOFString(DCM_ErrorComment, comment);
    return comment.c_str();
}

SendOutcome send_one(Association& association, const Destination& destination, const FileToSend& file) {
    DcmFileFormat format;
    if (const auto loaded = format.loadFile(file.file.c_str()); loaded.bad())
        return {SendState::permanent_failure,
                fmt::format("cannot read {}: {}", file.file.string(), loaded.text())};
    const auto context = association.context_for(file.sop_class_uid);
    if (context == 0)
        return {SendState::permanent_failure,
                fmt::format("{} does not accept SOP class {}; enable it there", destination.called_ae,
                            dcmFindNameOfUID(file.sop_class_uid.c_str(), file.sop_class_uid.c_str()))};

    auto request = store_request(association.next_message_id(), file);
    T_DIMSE_C_StoreRSP response{};
    DcmDataset* raw_detail = nullptr;
    const auto condition =
        DIMSE_storeUser(association.get(), context, &request, nullptr, format.getDataset(), nullptr, nullptr,
                        DIMSE_NONBLOCKING, destination.timeout_s, &response, &raw_detail);
    const std::unique_ptr<DcmDataset> detail(raw_detail);
    if (condition.good()) return outcome_of_status(response.DimseStatus, error_comment(detail.get()));
    association.set_broken();
    return {SendState::transient_failure,
            fmt::format("the association with {} broke: {}", destination.called_ae, text_of(condition))};
}

}  // namespace

std::vector<SendOutcome> send(const Destination& destination, const std::vector<FileToSend>& files) {
    std::set<std::string> sop_classes;
    for (const auto& file : files) sop_classes.insert(file.sop_class_uid);
    if (files.empty()) return {};

    auto association = Association::request(destination, sop_classes);
    if (!association) return std::vector<SendOutcome>(files.size(), association.error());
    std::vector<SendOutcome> outcomes;
    for (const auto& file : files) {
        if (association->is_broken()) {
            outcomes.push_back(outcomes.back());  // not tried: the same reason
            continue;
        }
        outcomes.push_back(send_one(*association, destination, file));
    }
    return outcomes;
}

Result<> echo(const Destination& destination) {
    auto association = Association::request(destination, {UID_VerificationSOPClass});
    if (!association) return fail(association.error().what);
    DIC_US status = 0;
    DcmDataset* raw_detail = nullptr;
    const auto condition = DIMSE_echoUser(association->get(), association->next_message_id(),
                                          DIMSE_NONBLOCKING, destination.timeout_s, &status, &raw_detail);
    const std::unique_ptr<DcmDataset> detail(raw_detail);
    if (condition.bad()) {
        association->set_broken();
        return fail("no answer to C-ECHO: " + text_of(condition));
    }
    if (status != STATUS_Success) return fail(fmt::format("C-ECHO answered with status {:04X}H", status));
    return {};
}

}  // namespace calcinode::deliver
