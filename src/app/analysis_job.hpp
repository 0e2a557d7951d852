// The analysis of queued studies: leases a job, judges its study, keeps the results, and ends the job with
// its deliveries.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <vector>

#include "app/judge.hpp"
#include "base/time.hpp"
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

    // Does the oldest due job. False where none was due. Throws store::StoreFailure.
    bool do_next();

    // Keeps the lease of the job under way. Safe from any thread.
    void extend_lease();

  private:
    void work(const store::Job& job);
    struct KeptResult {
        store::NewResult row;
        std::string words;
    };
    Result<KeptResult> judge_and_keep(const store::Job& job);
    void give_back(const store::Job& job, const std::string& error);

    store::Database* database_;
    const spool::Spool* spool_;
    std::filesystem::path results_folder_;
    JudgeOptions options_;
    int max_attempts_;
    std::vector<std::string> destinations_;
    Judge judge_;
    std::atomic<std::int64_t> job_under_way_{0};  // 0: none
};

}  // namespace calcinode::app
