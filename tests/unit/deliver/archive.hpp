// A PACS made of DCMTK's own SCP class that is asked by C-FIND and C-GET, and answers as badly as a test
// wants.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "loopback_scp.hpp"

namespace calcinode::test {

class Archive final : public LoopbackScp {
  public:
    enum class Manner {
        good,           // one study, one series, one report
        endless,        // more studies than anybody has
        refusing,       // status A700H to C-FIND
        too_long,       // a report of more bytes than are taken
        another_class,  // the series' reports are dose reports
        another_maker,  // the series is not ours
        slow,           // a notice every few milliseconds that C-GET goes on, for ever
        silent,         // takes the query, and says nothing
    };

    // Of the class of our reports: the third that is proposed.
    static constexpr T_ASC_PresentationContextID report_context = 5;

    explicit Archive(Manner manner) : manner_(manner) {
        offer(UID_FINDStudyRootQueryRetrieveInformationModel);
        offer(UID_GETStudyRootQueryRetrieveInformationModel);
        offer(UID_EnhancedSRStorage, ASC_SC_ROLE_SCP);
        begin_listening();
    }
    ~Archive() override { end(); }

    int gets() const { return gets_; }

  private:
    OFCondition handleIncomingCommand(T_DIMSE_Message* message,
                                      const DcmPresentationContextInfo& context) override {
        const auto id = context.presentationContextID;
        if (message->CommandField == DIMSE_C_FIND_RQ) return answer_find(message->msg.CFindRQ, id);
        if (message->CommandField == DIMSE_C_GET_RQ) return answer_get(message->msg.CGetRQ, id);
        return DcmSCP::handleIncomingCommand(message, context);
    }

    OFCondition answer_find(T_DIMSE_C_FindRQ& request, T_ASC_PresentationContextID id) {
        DcmDataset* raw = nullptr;
        if (const auto received = receiveFINDRequest(request, id, raw); received.bad()) return received;
        const std::unique_ptr<DcmDataset> answer(raw);  // the keys, filled in
        OFString level;
        answer->findAndGetOFString(DCM_QueryRetrieveLevel, level);
        const auto send = [&](Uint16 status, DcmDataset* dataset) {
            return sendFINDResponse(id, request.MessageID, request.AffectedSOPClassUID, dataset, status);
        };
        if (manner_ == Manner::refusing) return send(0xA700, nullptr);
        while (manner_ == Manner::silent && !ends())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        const bool other = manner_ == Manner::another_class;
        answer->putAndInsertString(DCM_StudyInstanceUID, "1.2");
        answer->putAndInsertString(DCM_SeriesInstanceUID, "1.2.3");
        answer->putAndInsertString(DCM_SOPInstanceUID, "1.2.3.4");
        answer->putAndInsertString(DCM_SOPClassUID,
                                   other ? UID_XRayRadiationDoseSRStorage : UID_EnhancedSRStorage);
        answer->putAndInsertString(DCM_Manufacturer,
                                   manner_ == Manner::another_maker ? "Another" : "Calcinode project");
        const int answers = manner_ == Manner::endless ? 100'000 : 1;
        for (int n = 0; n < answers; ++n)
            if (const auto sent = send(0xFF00, answer.get()); sent.bad()) return sent;
        return send(0, nullptr);
    }

    OFCondition answer_get(T_DIMSE_C_GetRQ& request, T_ASC_PresentationContextID id) {
        ++gets_;
        T_ASC_PresentationContextID on = 0;
        DcmDataset* raw = nullptr;
        if (const auto received = receiveDIMSEDataset(&on, &raw); received.bad()) return received;
        const std::unique_ptr<DcmDataset> keys(raw);
        while (manner_ == Manner::slow && !ends()) {
            if (const auto sent = end_get(request, id, 0xFF00); sent.bad()) return sent;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (const auto stored = store_report(); stored.bad()) return stored;
        return end_get(request, id, 0);
    }

    OFCondition store_report() {
        DcmDataset report;
        report.putAndInsertString(DCM_SOPClassUID, UID_EnhancedSRStorage);
        report.putAndInsertString(DCM_SOPInstanceUID, "1.2.3.4");
        report.putAndInsertString(DCM_PatientID, "P");
        const std::string filling(9 << 20, 'x');
        if (manner_ == Manner::too_long) report.putAndInsertString(DCM_TextValue, filling.c_str());
        T_DIMSE_Message message{};
        message.CommandField = DIMSE_C_STORE_RQ;
        auto& store = message.msg.CStoreRQ;
        store.MessageID = 7;
        store.DataSetType = DIMSE_DATASET_PRESENT;
        OFStandard::strlcpy(store.AffectedSOPClassUID, UID_EnhancedSRStorage,
                            sizeof store.AffectedSOPClassUID);
        OFStandard::strlcpy(store.AffectedSOPInstanceUID, "1.2.3.4", sizeof store.AffectedSOPInstanceUID);
        if (const auto sent = sendDIMSEMessage(report_context, &message, &report); sent.bad()) return sent;
        T_ASC_PresentationContextID on = 0;
        DcmDataset* detail = nullptr;
        T_DIMSE_Message answer{};
        const auto received = receiveDIMSECommand(&on, &answer, &detail, nullptr, 5);
        delete detail;
        return received;
    }

    OFCondition end_get(const T_DIMSE_C_GetRQ& request, T_ASC_PresentationContextID id, Uint16 status) {
        T_DIMSE_Message message{};
        message.CommandField = DIMSE_C_GET_RSP;
        auto& response = message.msg.CGetRSP;
        response.MessageIDBeingRespondedTo = request.MessageID;
        response.DimseStatus = status;
        response.DataSetType = DIMSE_DATASET_NULL;
        return sendDIMSEMessage(id, &message, nullptr);
    }

    Manner manner_;
    std::atomic<int> gets_ = 0;
};

}  // namespace calcinode::test
