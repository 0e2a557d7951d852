// The analysis of queued studies: leases a job, judges its study, keeps the results, and ends the job with
// its deliveries.
//
// How an attempt ends:
//
//   judged, or not applicable    the result row and its deliveries
//   storage or database fails    tried again as long as that lasts; the attempt does not count
//   anything else breaks off     tried again, up to analysis.max_attempts; then the study is parked as failed
//   the process ends             the lease has counted the attempt; the next start goes on
//   images are gone              parked at once: what is left is never judged for the whole
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "app/judge.hpp"
#include "app/pacs_priors.hpp"
#include "app/priors.hpp"
#include "base/backoff.hpp"
#include "config/config.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"

namespace calcinode::app {

class AnalysisJobs {
  public:
    // The same as app::judge; a parameter so that a test can let it fail.
    using Judge = std::function<Result<JudgedStudy>(
        const std::string& study_uid, const std::vector<std::filesystem::path>&, const JudgeOptions&,
        const std::filesystem::path& folder)>;

    // `database` and `spool` must outlive this.
    AnalysisJobs(store::Database& database, const spool::Spool& spool, std::filesystem::path results_folder,
                 const config::Config& config, Judge judge = app::judge);

    // Does the first due job, if the disk has room for its result. False where there was nothing to do.
    // Throws store::StoreFailure; where the end of a job could not be written, the next call writes it.
    bool do_next();

    // Keeps the lease of the job under way. Safe from any thread. Throws store::StoreFailure.
    void extend_lease();
    // Puts the job under way back into the queue as if it had not been begun: for a stop that can't wait for
    // it. Safe from any thread. Throws store::StoreFailure.
    void abandon();
    // Its UID; "" where there is none. Safe from any thread.
    std::string study_under_way() const;

  private:
    // Writes how a job ended, and logs it.
    using End = std::function<void()>;

    End work(const store::Job& job);
    struct KeptResult {
        store::NewResult row;
        std::string words;
    };
    Result<KeptResult> judge_and_keep(const store::Job& job,
                                      const std::vector<store::InstanceRow>& instances);
    Result<> add_alerts(const JudgedStudy& judged, const std::filesystem::path& folder, int revision,
                        store::NewResult& row) const;
    FoundPrior find_prior(const report::PatientStudy& study);
    // Where a result of that identity goes, relative to the results' folder, and which revision it is.
    struct Place {
        std::filesystem::path folder;
        int revision = 1;
    };
    Place place_of(const std::string& study_uid, const std::string& identity) const;
    std::string incomplete(const std::string& study_uid,
                           const std::vector<store::InstanceRow>& instances) const;
    End finished(const store::Job& job, KeptResult kept);
    End broken_off(const store::Job& job, const std::string& why);
    End postponed(const store::Job& job, const std::string& why);
    End parked(const store::Job& job, const std::string& reason);
    void write_end();
    bool has_room();
    void set_under_way(std::optional<store::Job> job);
    std::optional<store::Job> under_way() const;

    store::Database* database_;
    const spool::Spool* spool_;
    std::filesystem::path results_folder_;
    JudgeOptions options_;
    PriorIndex priors_;
    PacsPriors pacs_priors_;
    int max_attempts_;
    Backoff backoff_;
    std::vector<std::string> destinations_;
    std::map<std::string, std::vector<std::string>> wanted_classes_;
    std::vector<config::Alert> alerts_;
    Judge judge_;
    End end_;  // of the job under way, where it is not written yet
    bool waits_for_room_ = false;
    mutable std::mutex mutex_;
    std::optional<store::Job> under_way_;  // guarded by mutex_
};

}  // namespace calcinode::app
