// A destination over DICOM: C-STORE, and N-ACTION and N-EVENT-REPORT of storage commitment, as SCU.
//
// The association stays open for a few seconds after its last use, so that many objects go over one and a
// quick report finds it. After any error within a message it is aborted, never used again.
#pragma once

#include <chrono>
#include <memory>
#include <set>

#include "deliver/peer.hpp"

namespace calcinode::deliver {

class Association;

class DicomPeer final : public Peer {
  public:
    DicomPeer(Destination destination, OnReport on_report);
    ~DicomPeer() override;

    Sent store(const std::vector<FileToSend>& files) override;
    std::optional<Trouble> ask_commitment(const std::string& transaction_uid,
                                          const std::vector<dicom::InstanceReference>& instances) override;
    void attend() override;

  private:
    // An open association for these classes, where there is one or the peer gives one.
    std::optional<Trouble> open(const std::set<std::string>& sop_classes);
    void close();

    Destination destination_;
    OnReport on_report_;
    std::set<std::string> sop_classes_;  // all that were ever needed, so that one association does for all
    std::unique_ptr<Association> association_;
    std::chrono::steady_clock::time_point used_;
};

}  // namespace calcinode::deliver
