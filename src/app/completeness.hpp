// Decides when a study is complete: no image of it came for the configured time and no association feeds it.
// A study whose slices have a gap waits longer for the missing ones. Time in which the node was not there to
// be sent to counts for neither: after a stop or a crash, senders get as long as ever to come back.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/changeable.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace calcinode::app {

class Completeness {
  public:
    // Whether an open association feeds the study.
    using Feeds = std::function<bool(const std::string& study_uid)>;
    // What is missing of the study, in words; nothing where nothing is known to be missing. May throw: what
    // is wrong with its files is the analysis's to find, which counts its attempts.
    using FindGap = std::function<std::optional<std::string>(const std::string& study_uid)>;

    Completeness(store::Database& database, config::Study times, UnixMillis listening_since, Feeds feeds,
                 FindGap find_gap);

    // From the next look on. From any thread.
    void change(config::Study times) { times_.set(std::move(times)); }
    struct Looked {
        int queued = 0;
        bool more = false;  // studies that were not looked at: reading their headers takes time
    };
    // Queues each study that is complete at `now`. Throws store::StoreFailure.
    Looked look(UnixMillis now);
    // The clock was set to `now`: nobody knows how long a study has been quiet, and all are waited for anew.
    void clock_was_set(UnixMillis now) { listening_since_ = now; }

  private:
    std::optional<std::string> gap_of(const std::string& study_uid);
    bool waits_for_slices(const store::StudyRow& study, int gap_wait_s, UnixMillis now);

    store::Database* database_;
    Changeable<config::Study> times_;
    UnixMillis listening_since_;
    Feeds feeds_;
    FindGap find_gap_;
};

}  // namespace calcinode::app
