// The stages wired together: receive -> spool -> completeness -> analysis -> outboxes. Each hands on by rows
// of the database; a ring only saves the next one the wait.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "app/analysis_job.hpp"
#include "app/audit_trail.hpp"
#include "app/clock_watch.hpp"
#include "app/completeness.hpp"
#include "app/data_folder.hpp"
#include "app/meters.hpp"
#include "app/retention.hpp"
#include "app/worker.hpp"
#include "config/config.hpp"
#include "deliver/commitments.hpp"
#include "deliver/outbox.hpp"
#include "receive/server.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"
#include "web/server.hpp"

namespace calcinode::app {

class Daemon {
  public:
    // Takes the data folder, cleans up what an earlier run left, and starts to listen.
    static Result<std::unique_ptr<Daemon>> start(const config::Config& config);

    void extend_leases() { analysis_jobs_.extend_lease(); }

    // Takes over what can change while it runs; the log says what changed, and what waits for the next start.
    // Of the main thread, as those below.
    void reload(const config::Config& fresh);
    // In words: a thread that should move all the time and has not for `bound`, or an analysis that takes
    // longer than it may.
    std::optional<std::string> what_is_stuck(std::chrono::steady_clock::duration bound) const;
    // A sign of life for other processes.
    void touch() const { folder_.give_sign_of_life(); }
    int shutdown_s() const { return config_.receive.shutdown_s; }

    // No new associations, nothing new begun; open associations have receive.shutdown_s, the workers a bound
    // of their own. False where a worker did not end in time: then this object must not be destroyed (the
    // thread still uses it) and the process should end; its rows say where to go on.
    bool stop();

  private:
    Daemon(const config::Config& config, DataFolder folder, std::unique_ptr<store::Database> database,
           spool::Spool spool);
    Result<> listen();
    receive::InstanceSink sink();
    void start_workers();
    void look_at_clock();
    void start_outbox(deliver::Route route, std::unique_ptr<deliver::Peer> peer);
    Result<> open_to_people();
    bool analysis_takes_too_long() const;
    void abandon_analysis();
    std::optional<std::string> find_gap(const std::string& study_uid);

    config::Config config_;
    Meters meters_;
    ClockWatch clock_{now_ms(), std::chrono::steady_clock::now()};  // the ticker's
    DataFolder folder_;
    std::unique_ptr<store::Database> database_;  // where the others expect it, wherever this object is
    spool::Spool spool_;
    std::unique_ptr<AuditTrail> audit_;
    AnalysisJobs analysis_jobs_;
    deliver::Commitments commitments_;
    std::vector<std::unique_ptr<deliver::Outbox>> outboxes_;
    std::unique_ptr<receive::Server> server_;
    std::unique_ptr<Completeness> completeness_;
    std::vector<std::unique_ptr<Worker>> deliveries_;
    std::unique_ptr<Retention> retention_;
    std::unique_ptr<Worker> analysis_, ticker_, housekeeper_, preparer_;
    std::unique_ptr<web::Server>
        web_;  // null: none is wanted. Last, as the workers: its thread uses the above
};

}  // namespace calcinode::app
