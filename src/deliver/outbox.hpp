// The outbox of one destination: sends what is due, has it committed where that is asked for, and records
// what came of it.
//
// A delivery is sent until the peer says that it has it, or refuses it for good, or it is too old: the last
// two are parked and the log says what to do. A crash between arrival and record sends the same object (same
// UID, same bytes) once more, which a PACS takes as the same. While the peer is away nothing is read or
// written but one row, however much waits.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "base/time.hpp"
#include "deliver/peer.hpp"
#include "deliver/reachability.hpp"
#include "deliver/retry.hpp"
#include "store/store.hpp"

namespace calcinode::deliver {

// Where an outbox sends to, and what.
struct Route {
    std::string name;  // of the destination or alert, as in the configuration
    bool storage_commitment = false;
    const char* what = "object";  // that is sent, for the log
    // For the record: each that arrived. Must not throw.
    std::function<void(const store::Delivery&)> on_sent = [](const store::Delivery&) {};
};

class Outbox {
  public:
    // `database` must outlive the outbox; `results_folder` is what the rows' paths are relative to. Throws
    // store::StoreFailure, as work() does.
    Outbox(store::Database& database, Route route, std::filesystem::path results_folder, RetryPolicy policy,
           std::unique_ptr<Peer> peer);

    // A bounded part of what is due at `now`, to be called again at once where that was not nothing: the
    // number of objects that went out or whose commitment was asked for.
    int work(UnixMillis now);

  private:
    enum class After { sent, waits, parked };

    int send_due(UnixMillis now);
    void record_all(const std::vector<store::Delivery>& due, const Sent& sent, UnixMillis now);
    After record(const store::Delivery& delivery, const SendOutcome& outcome, UnixMillis now);
    void give_up_old(const Trouble& trouble, UnixMillis now);
    int ask_due(UnixMillis now);
    // Parks those that have waited too long; the others.
    std::vector<store::Delivery> without_old(std::vector<store::Delivery> waiting, UnixMillis now);
    void ask(const std::vector<store::Delivery>& deliveries, UnixMillis now);

    store::Database* database_;
    Route route_;
    std::filesystem::path results_folder_;
    RetryPolicy policy_;
    Reachability reachability_;
    std::unique_ptr<Peer> peer_;
};

}  // namespace calcinode::deliver
