// The network's edge: a C-ECHO and C-STORE SCP, and the SCU that storage commitment's reports are sent to. It
// hands each instance or report to a sink given from outside and knows nothing of what is done with it.
//
// Accepted: Verification, CT Image, Enhanced CT Image and Legacy Converted Enhanced CT Image Storage, and
// Storage Commitment with us as SCU, in the transfer syntaxes of negotiation.cpp; every other presentation
// context is rejected. A dataset is handed on as it comes, never parsed here and never in memory as a whole.
//
//   thread          number                              does
//   acceptor        1                                   accepts connections, starts and joins the others
//   association     Limits::associations, and the       one association from its request to its end; those
//                   unheard ones (peers.hpp)            beyond the limit are rejected as soon as they ask
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "base/tls.hpp"
#include "dicom/commitment.hpp"
#include "receive/counts.hpp"
#include "receive/status.hpp"

namespace calcinode::receive {

struct Limits {
    int associations = 64;           // at once
    int associations_per_peer = 24;  // at once from one address
    int acse_timeout_s = 15;         // from the connection to the association's acceptance
    int idle_timeout_s = 60;         // between two messages, and within one
    int message_timeout_s = 900;     // for one message from its first byte to its last
    // After so long it is aborted where the next message would begin.
    int association_timeout_s = 14400;
    std::uint32_t max_pdu_bytes = 131072;
    std::uint64_t max_object_bytes = 2ULL << 30;
};

// A second port, where associations go through TLS.
struct TlsOptions {
    std::uint16_t port = 2762;  // 0: any free one
    TlsFiles files;
    ClientCertificate client = ClientCertificate::none;
};

struct ServerOptions {
    std::string ae_title = "CALCINODE";
    std::string bind_address = "0.0.0.0";
    std::optional<std::uint16_t> port = 11112;  // without TLS; 0: any free one; none: not at all
    std::optional<TlsOptions> tls;
    std::vector<std::string> allowed_callers;  // empty: all
    std::vector<IpNetwork> allowed_addresses;  // empty: all
    bool check_called = true;                  // reject a wrong called AE title
    Limits limits;
};

// What a C-STORE request says of the dataset that follows it.
struct Announced {
    std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid, calling_ae;
    bool high_priority = false;  // Priority is HIGH
};

// What became of an instance, for the count that the log gives of each association.
enum class Outcome { stored, duplicate, conflict, ignored, refused };

// DIMSE status and the reason behind it (Error Comment, at most 64 characters are sent).
struct StoreAnswer {
    std::uint16_t status = 0;
    std::string comment;    // for the peer
    std::string detail;     // for the log, where it may name files; empty: nothing to log
    std::string study_uid;  // of a stored instance: the association feeds this study from now on
    Outcome outcome = Outcome::stored;
};

// Where one instance goes while it is received. Destroyed without commit(), it leaves nothing behind. After
// commit() it is destroyed when the answer is on its way.
class Intake {
  public:
    virtual ~Intake() = default;
    // The dataset's next bytes. What goes wrong with them is told by commit().
    virtual void write(std::span<const std::byte> bytes) = 0;
    // The dataset is complete; the answer goes to the peer after this returns. Once; may throw (status
    // 0110H).
    virtual StoreAnswer commit() = 0;
};

// What an association brought by its end: instances stored, by study.
struct Brought {
    std::string address, calling_ae;
    std::map<std::string, std::uint64_t> stored;
};

// Called from the associations' threads, several at once; may throw (status 0110H goes to the peer). Each
// Intake is used by one thread.
struct InstanceSink {
    // Where the instance is to go, or the answer to give without storing it.
    std::function<std::expected<std::unique_ptr<Intake>, StoreAnswer>(const Announced&)> begin;
    // A report of storage commitment; the status to answer it with. Without one given, no transaction is
    // known.
    std::function<std::uint16_t(const dicom::CommitmentReport&)> on_commitment =
        [](const dicom::CommitmentReport&) { return status::invalid_argument; };
    // For the record; neither may throw. Somebody was not let in, and why.
    std::function<void(Refusal, const std::string& address, const std::string& what)> on_refused =
        [](Refusal, const std::string&, const std::string&) {};
    std::function<void(const Brought&)> on_brought = [](const Brought&) {};
};

class Server {
  public:
    // Reads what TLS needs, binds, and starts to listen. The server runs until stop() or destruction.
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options, InstanceSink sink);
    virtual ~Server() = default;
    // Holds for connections that come from now on. Ports, TLS and AE title stay as they are.
    virtual void change(const ServerOptions& options, InstanceSink sink) = 0;
    // When it last looked for connections, which it does at least every second: for a check that it lives.
    virtual std::chrono::steady_clock::time_point last_look() const = 0;
    // Where it listens; 0: it does not.
    virtual std::uint16_t port() const = 0;
    virtual std::uint16_t tls_port() const = 0;
    // Whether an open association has sent an instance of the study, or is just sending its first instance of
    // all, of which nobody knows yet whose it is: a study is not complete while one feeds it.
    virtual bool feeds(const std::string& study_uid) const = 0;
    virtual Counts counts() const = 0;
    virtual int open_associations() const = 0;
    // No new associations; open ones may finish within `bound_s`, then they are aborted. Returns when none is
    // left.
    virtual void stop(int bound_s) = 0;
};

}  // namespace calcinode::receive
