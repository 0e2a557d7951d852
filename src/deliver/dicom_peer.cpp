#include "deliver/dicom_peer.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/fd.hpp"
#include "deliver/association.hpp"
#include "deliver/messages.hpp"
#include "deliver/store_status.hpp"

namespace calcinode::deliver {
namespace {

using Clock = std::chrono::steady_clock;

// How long an association that is not used stays open. Peers give up after 30 s and more.
constexpr std::chrono::seconds linger{5};

constexpr DIC_US request_commitment = 1;  // the class's only action type (PS3.4 J.3.2.1)

template <std::size_t N>
void copy(char (&to)[N], const std::string& from) {
    OFStandard::strlcpy(to, from.c_str(), N);
}

T_DIMSE_Message store_request(DIC_US message_id, const FileToSend& file) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_C_STORE_RQ;
    auto& request = message.msg.CStoreRQ;
    request.MessageID = message_id;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    request.Priority = DIMSE_PRIORITY_MEDIUM;
    copy(request.AffectedSOPClassUID, file.sop_class_uid);
    copy(request.AffectedSOPInstanceUID, file.sop_instance_uid);
    return message;
}

T_DIMSE_Message commitment_request(DIC_US message_id) {
    T_DIMSE_Message message{};
    message.CommandField = DIMSE_N_ACTION_RQ;
    auto& request = message.msg.NActionRQ;
    request.MessageID = message_id;
    request.ActionTypeID = request_commitment;
    request.DataSetType = DIMSE_DATASET_PRESENT;
    copy(request.RequestedSOPClassUID, dicom::commitment_class);
    copy(request.RequestedSOPInstanceUID, dicom::commitment_instance);
    return message;
}

// The file can be read, and lacks what a DICOM file begins with (PS3.10 7.1).
bool is_no_dicom(const std::filesystem::path& file) {
    constexpr std::size_t preamble = 128, prefix = 4;
    std::array<char, preamble + prefix> head{};
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return false;
    const auto count = ::read(fd.get(), head.data(), head.size());
    if (count < 0) return false;
    return count < std::ssize(head) || std::string_view(head.data() + preamble, prefix) != "DICM";
}

SendOutcome send_one(Association& association, const Destination& destination, const FileToSend& file,
                     const OnReport& on_report) {
    DcmFileFormat format;
    if (const auto loaded = format.loadFile(file.file.c_str()); loaded.bad())
        return {is_no_dicom(file.file) ? SendState::permanent_failure : state_of_unread(file.file),
                fmt::format("cannot read {}: {}", file.file.string(), loaded.text())};
    const auto context = association.context_for(file.sop_class_uid);
    if (context == 0)
        return {SendState::permanent_failure,
                fmt::format("{} does not accept SOP class {}; enable it there", destination.called_ae,
                            dcmFindNameOfUID(file.sop_class_uid.c_str(), file.sop_class_uid.c_str()))};
    auto request = store_request(association.next_message_id(), file);
    const auto answer = exchange(association, context, request, format.getDataset(), on_report);
    if (answer) return outcome_of_status(answer->status, answer->comment);
    return {SendState::transient_failure,
            fmt::format("the association with {} broke: {}", destination.called_ae, answer.error())};
}

}  // namespace

DicomPeer::DicomPeer(Destination destination, OnReport on_report)
    : destination_(std::move(destination)), on_report_(std::move(on_report)) {
    if (destination_.storage_commitment) sop_classes_.insert(dicom::commitment_class);
}

// Aborts: a peer that keeps silent must not hold up the end of the process.
DicomPeer::~DicomPeer() {
    if (association_) association_->set_broken();
}

void DicomPeer::close() {
    association_.reset();
}

std::optional<Trouble> DicomPeer::open(const std::set<std::string>& sop_classes) {
    sop_classes_.insert(sop_classes.begin(), sop_classes.end());
    if (association_ && !std::ranges::includes(association_->proposed(), sop_classes)) close();
    if (association_) return std::nullopt;
    auto association = Association::request(destination_, {sop_classes_});
    if (!association) return association.error();
    association_ = std::make_unique<Association>(std::move(*association));
    return std::nullopt;
}

Sent DicomPeer::store(const std::vector<FileToSend>& files) {
    std::set<std::string> sop_classes;
    for (const auto& file : files) sop_classes.insert(file.sop_class_uid);
    Sent sent;
    // The peer may have given up an association that was kept open, which shows at its next use only.
    bool may_be_stale = association_ != nullptr;
    while (sent.outcomes.size() < files.size()) {
        if (sent.trouble = open(sop_classes); sent.trouble) break;
        auto outcome = send_one(*association_, destination_, files[sent.outcomes.size()], on_report_);
        const bool broke = association_->is_broken();
        if (broke) close();
        if (broke && std::exchange(may_be_stale, false)) continue;
        may_be_stale = false;
        sent.outcomes.push_back(std::move(outcome));
        if (!broke) continue;
        sent.trouble = {Trouble::Kind::unreachable, sent.outcomes.back().what};
        break;
    }
    used_ = Clock::now();
    return sent;
}

std::optional<Trouble> DicomPeer::ask_commitment(const std::string& transaction_uid,
                                                 const std::vector<dicom::InstanceReference>& instances) {
    DcmDataset dataset;
    dicom::write_commitment_request(transaction_uid, instances, dataset);
    bool may_be_stale = association_ != nullptr;
    while (true) {
        if (auto trouble = open({dicom::commitment_class})) return trouble;
        const auto context = association_->context_for(dicom::commitment_class);
        if (context == 0)
            return Trouble{Trouble::Kind::refused,
                           destination_.called_ae +
                               " does not accept the Storage Commitment Push Model SOP Class; enable it "
                               "there, or set storage_commitment = false for this destination"};
        auto request = commitment_request(association_->next_message_id());
        const auto answer = exchange(*association_, context, request, &dataset, on_report_);
        used_ = Clock::now();
        if (answer && answer->status == success) return std::nullopt;
        if (answer)
            return Trouble{
                Trouble::Kind::refused,
                fmt::format("status {:04X}H to the request for storage commitment{}{}", answer->status,
                            answer->comment.empty() ? "" : ", saying ", answer->comment)};
        close();
        if (!std::exchange(may_be_stale, false))
            return Trouble{Trouble::Kind::unreachable, fmt::format("the association with {} broke: {}",
                                                                   destination_.called_ae, answer.error())};
    }
}

void DicomPeer::attend() {
    if (!association_) return;
    take_in(*association_, on_report_);
    if (association_->is_broken() || Clock::now() - used_ > linger) close();
}

}  // namespace calcinode::deliver
