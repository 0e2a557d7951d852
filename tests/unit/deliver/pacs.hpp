// A PACS made of DCMTK's own SCP class: it stores nothing, and answers a request for storage commitment as a
// test wants, on the same association.
#pragma once

#include <atomic>
#include <memory>

#include "dicom/commitment.hpp"
#include "loopback_scp.hpp"
#include "support/ct_file.hpp"

namespace calcinode::test {

class Pacs final : public LoopbackScp {
  public:
    enum class Reports { none, before_response, after_response };
    struct Behaviour {
        Reports reports = Reports::none;
        bool knows_commitment = true;
        int aborts_after = -1;  // so many C-STOREs, once; -1: never
        Uint16 action_status = 0;
    };

    explicit Pacs(const Behaviour& behaviour) : behaviour_(behaviour) {
        offer(ct_image_storage);
        if (behaviour.knows_commitment) offer(dicom::commitment_class);
        begin_listening();
    }
    ~Pacs() override { end(); }

    int stored() const { return stored_; }
    int associations() const { return associations_; }
    int aborted() const { return aborted_; }
    int report_status() const { return report_status_; }  // our node's answer; -1: none

  private:
    void notifyAssociationAcknowledge() override { ++associations_; }
    void notifyAbortRequest() override { ++aborted_; }

    OFCondition handleIncomingCommand(T_DIMSE_Message* message,
                                      const DcmPresentationContextInfo& context) override {
        const auto id = context.presentationContextID;
        DcmDataset* raw = nullptr;
        if (message->CommandField == DIMSE_C_STORE_RQ) {
            auto& request = message->msg.CStoreRQ;
            const auto received = receiveSTORERequest(request, id, raw);
            const std::unique_ptr<DcmDataset> dataset(raw);
            if (received.bad()) return received;
            if (stored_ == behaviour_.aborts_after && aborted_here_++ == 0) return abortAssociation();
            ++stored_;
            return sendSTOREResponse(id, request, 0);
        }
        if (message->CommandField != DIMSE_N_ACTION_RQ)
            return DcmSCP::handleIncomingCommand(message, context);
        auto& request = message->msg.NActionRQ;
        Uint16 type = 0;
        const auto received = receiveACTIONRequest(request, id, raw, type);
        const std::unique_ptr<DcmDataset> dataset(raw);
        if (received.bad()) return received;
        if (behaviour_.reports == Reports::before_response) report(id, *dataset);
        sendACTIONResponse(id, request.MessageID, request.RequestedSOPClassUID,
                           request.RequestedSOPInstanceUID, behaviour_.action_status);
        if (behaviour_.reports == Reports::after_response) report(id, *dataset);
        return EC_Normal;
    }

    // The request's data set is that of a report that all is committed.
    void report(T_ASC_PresentationContextID id, DcmDataset& request) {
        Uint16 status = 0;
        const auto sent = sendEVENTREPORTRequest(id, dicom::commitment_instance, 1, 1, &request, status);
        report_status_ = sent.good() ? status : -1;
    }

    Behaviour behaviour_;
    std::atomic<int> stored_ = 0, associations_ = 0, aborted_ = 0, aborted_here_ = 0, report_status_ = -1;
};

}  // namespace calcinode::test
