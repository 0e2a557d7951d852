// An association that we ask a peer for, released or aborted by its destructor. Internal to deliver/: the
// only header here that sees DCMTK's types.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>

#include <expected>
#include <memory>
#include <set>
#include <string>

#include "deliver/sender.hpp"

namespace calcinode::deliver {

class Association {
  public:
    // Connects, and proposes each SOP class with explicit and implicit VR little endian. The failure's state
    // says whether trying again later makes sense.
    static std::expected<Association, SendOutcome> request(const Destination& destination,
                                                           const std::set<std::string>& sop_classes);
    Association(Association&&) noexcept;
    Association& operator=(Association&&) = delete;
    ~Association();

    // The accepted presentation context for the class; 0: none.
    T_ASC_PresentationContextID context_for(const std::string& sop_class) const;
    DIC_US next_message_id() { return association_->nextMsgID++; }
    T_ASC_Association* get() { return association_; }

    // After an error within a message the stream cannot be trusted: abort instead of release.
    void set_broken() { broken_ = true; }
    bool is_broken() const { return broken_; }

  private:
    struct DropNetwork {
        void operator()(T_ASC_Network* network) const { ASC_dropNetwork(&network); }
    };
    using Network = std::unique_ptr<T_ASC_Network, DropNetwork>;

    Association(Network network, T_ASC_Association* association)
        : network_(std::move(network)), association_(association) {}

    Network network_;
    T_ASC_Association* association_ = nullptr;
    bool broken_ = false;
};

std::string text_of(const OFCondition& condition);

}  // namespace calcinode::deliver
