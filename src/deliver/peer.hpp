// A destination as the outbox sees it: it takes files, is asked to commit itself to keep them, and may say by
// itself what it has committed.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/tls.hpp"
#include "dicom/commitment.hpp"

namespace calcinode::deliver {

struct Tls {
    TlsFiles files;
    std::string certificate_name;  // that the peer's certificate must be for; empty: its host
};

struct Destination {
    std::string name;  // as in the configuration
    std::string host;
    std::uint16_t port = 104;
    std::string called_ae;
    std::string calling_ae = "CALCINODE";
    int timeout_s = 30;
    bool storage_commitment = false;
    std::optional<Tls> tls = std::nullopt;
};

struct FileToSend {
    std::string sop_class_uid, sop_instance_uid;
    std::filesystem::path file;
};

enum class SendState { arrived, transient_failure, permanent_failure };

// Of a file that could not be read: for good only where it does not exist. Too many open files, no memory, or
// a disk in trouble pass, or somebody mends them.
SendState state_of_unread(const std::filesystem::path& file);

struct SendOutcome {
    SendState state = SendState::transient_failure;
    std::string what;  // for the log: status, reason, what to do
};

// What stands in the way of more than one object.
struct Trouble {
    enum class Kind {
        unreachable,  // no association, or it broke: may pass
        rejected,     // the peer wants no association with us: passes when it has time, or is mended
        refused,      // it answers, and does not do what it was asked for
    };
    Kind kind = Kind::unreachable;
    std::string what;  // for the log
};

struct Sent {
    std::vector<SendOutcome> outcomes;  // of the first files, in order; of all where there was no trouble
    std::optional<Trouble> trouble;     // why the others were not tried
};

// Takes a report and gives the DIMSE status to answer it with.
using OnReport = std::function<std::uint16_t(const dicom::CommitmentReport&)>;

// Used by one thread. Nothing throws for what the network or the peer does.
class Peer {
  public:
    Peer() = default;
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    virtual ~Peer() = default;

    virtual Sent store(const std::vector<FileToSend>& files) = 0;
    // Nothing where the peer took the request; its answer comes later, as a report.
    virtual std::optional<Trouble> ask_commitment(const std::string& transaction_uid,
                                                  const std::vector<dicom::InstanceReference>& instances) = 0;
    // To be called now and then while there is nothing to do: takes in what the peer sends by itself, and
    // ends a connection that is no longer used. Does not wait for anything to come.
    virtual void attend() = 0;
};

}  // namespace calcinode::deliver
