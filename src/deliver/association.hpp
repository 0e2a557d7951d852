// An association that we ask a peer for, released or aborted by its destructor. Internal to deliver/, as are
// all headers here that see DCMTK's types.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>

#include <expected>
#include <memory>
#include <set>
#include <string>

#include "deliver/peer.hpp"

namespace calcinode::deliver {

class Cutoff;

struct Proposal {
    std::set<std::string> sop_classes;            // that we are the user of
    std::set<std::string> received_classes = {};  // of objects that the peer sends us on this association
    Cutoff* cutoff = nullptr;                     // of the connection; must outlive it
};

class Association {
  public:
    // Connects, and proposes each SOP class with explicit and implicit VR little endian. The trouble is
    // `refused` where the peer accepts none of them.
    static std::expected<Association, Trouble> request(const Destination& destination,
                                                       const Proposal& proposal);
    Association(Association&&) noexcept;
    Association& operator=(Association&&) = delete;
    ~Association();

    // The accepted presentation context for the class; 0: none.
    T_ASC_PresentationContextID context_for(const std::string& sop_class) const;
    const std::set<std::string>& proposed() const { return proposed_; }
    DIC_US next_message_id() { return association_->nextMsgID++; }
    T_ASC_Association* get() const { return association_; }
    int timeout_s() const { return timeout_s_; }

    // After an error within a message the stream cannot be trusted: abort instead of release.
    void set_broken() { broken_ = true; }
    bool is_broken() const { return broken_; }
    // The peer has asked for the release: it gets it, and nothing more can be sent.
    void acknowledge_release();

  private:
    struct DropNetwork {
        void operator()(T_ASC_Network* network) const { ASC_dropNetwork(&network); }
    };
    using Network = std::unique_ptr<T_ASC_Network, DropNetwork>;

    Association(Network network, T_ASC_Association* association, std::set<std::string> proposed,
                int timeout_s)
        : network_(std::move(network)),
          association_(association),
          proposed_(std::move(proposed)),
          timeout_s_(timeout_s) {}

    Network network_;
    T_ASC_Association* association_ = nullptr;
    std::set<std::string> proposed_;
    int timeout_s_ = 0;
    bool broken_ = false;
};

std::string text_of(const OFCondition& condition);

}  // namespace calcinode::deliver
