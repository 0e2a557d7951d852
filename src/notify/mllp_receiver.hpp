// An HL7 receiver by MLLP (Minimal Lower Layer Protocol, release 1): each message is framed, sent, and waited
// for until its acknowledgement has come.
#pragma once

#include "base/tcp_client.hpp"
#include "notify/receiver.hpp"

namespace calcinode::notify {

struct MllpOptions {
    Endpoint endpoint;
    int timeout_s = 30;  // for each message, and for the connection
    bool retry_rejected = false;
};

class MllpReceiver final : public Receiver {
  public:
    explicit MllpReceiver(MllpOptions options) : options_(std::move(options)) {}
    // All over one connection. The first that is not acknowledged in time ends it.
    deliver::Sent store(const std::vector<deliver::FileToSend>& files) override;

  private:
    MllpOptions options_;
};

}  // namespace calcinode::notify
