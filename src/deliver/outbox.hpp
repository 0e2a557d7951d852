// The outbox of one destination: takes its due delivery rows, sends their files, and records what came of it.
//
// A delivery is sent until the peer says that it has it, or refuses it for good, or it is too old: the last
// two are parked and the log says what to do. A crash between arrival and record sends the same object (same
// UID, same bytes) once more, which a PACS takes as the same.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "base/time.hpp"
#include "deliver/sender.hpp"
#include "store/store.hpp"

namespace calcinode::deliver {

struct RetryPolicy {
    int first_s = 10;
    int longest_s = 3600;
    int park_after_h = 72;
};

// How long to wait after failure number `failures` (from 1 on): doubled each time up to the longest, and then
// 75 to 125 % of it, as `jitter` goes from 0 to 1, so that many nodes do not knock at a returning PACS at
// once.
UnixMillis retry_delay_ms(const RetryPolicy& policy, int failures, double jitter);

class Outbox {
  public:
    using Send = std::function<std::vector<SendOutcome>(const Destination&, const std::vector<FileToSend>&)>;

    // `database` must outlive the outbox; `results_folder` is what the rows' paths are relative to.
    Outbox(store::Database& database, Destination destination, std::filesystem::path results_folder,
           RetryPolicy policy, Send send = deliver::send);

    // One association with all that is due at `now`. Returns the number of rows handled; 0: nothing was due.
    // Throws store::StoreFailure.
    int deliver_due(UnixMillis now);

    const Destination& destination() const { return destination_; }

  private:
    enum class After { sent, waits, parked };
    After record(const store::Delivery& delivery, const SendOutcome& outcome, UnixMillis now);

    store::Database* database_;
    Destination destination_;
    std::filesystem::path results_folder_;
    RetryPolicy policy_;
    Send send_;
};

}  // namespace calcinode::deliver
