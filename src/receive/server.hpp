// The network's edge: a C-ECHO and C-STORE SCP. It hands each received instance to a function given from
// outside and knows nothing of what is done with it.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace calcinode::receive {

struct Limits {
    int associations = 32;    // at once
    int acse_timeout_s = 15;  // for the association request
    int idle_timeout_s = 60;  // between two messages, and within one
    std::uint32_t max_pdu_bytes = 131072;
    std::uint64_t max_object_bytes = 2ULL << 30;
};

struct ServerOptions {
    std::string ae_title = "CALCINODE";
    std::string bind_address = "0.0.0.0";
    std::uint16_t port = 11112;                // 0: any free one
    std::vector<std::string> allowed_callers;  // empty: all
    bool check_called = true;                  // reject a wrong called AE title
    Limits limits;
};

struct ReceivedInstance {
    std::filesystem::path file;  // complete Part 10 file that the sink now owns
    std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid, calling_ae;
};

// DIMSE status and the reason behind it (Error Comment, at most 64 characters are sent).
struct StoreAnswer {
    std::uint16_t status = 0;
    std::string comment;
};

struct InstanceSink {
    // A path to write the next instance to, or the answer to give without storing it.
    std::function<std::expected<std::filesystem::path, StoreAnswer>()> begin;
    // Called with the written file; the answer goes to the peer after it returns.
    std::function<StoreAnswer(const ReceivedInstance&)> commit;
};

class Server {
  public:
    // Binds, and starts to listen. The server runs until stop() or destruction.
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options, InstanceSink sink);
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    // Number of open associations that have sent at least one instance, or are still being negotiated: a
    // study is not complete while one feeds it. `study_uid`-precise where known.
    virtual bool feeds(const std::string& study_uid) const = 0;
    // No new associations; open ones may finish within `bound_s`, then they are aborted. Returns when none is
    // left.
    virtual void stop(int bound_s) = 0;
};

}  // namespace calcinode::receive
