#include "app/analysis_job.hpp"

#include <spdlog/spdlog.h>

#include <exception>

#include "app/in_words.hpp"
#include "app/judge_options.hpp"
#include "app/result_folder.hpp"

namespace calcinode::app {
namespace {

// Long against the timer that extends it, short against the patience of people.
constexpr UnixMillis lease_ms = 120 * 1000;
constexpr UnixMillis retry_after_ms = 30 * 1000;

// What the result was made of, also where there was no volume to name it: then the files as they are.
std::string identity_of(const JudgedStudy& judged, const std::vector<store::InstanceRow>& instances,
                        const JudgeOptions& options) {
    std::string identity = judged.identity;
    if (identity.empty())
        for (const auto& instance : instances) identity += instance.sop_instance_uid + instance.sha256 + "\n";
    return identity + "\n" CALCINODE_VERSION "\n" + std::to_string(options.report_negative) + "\n" +
           std::to_string(options.first_series_number);
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

store::NewResult row_of(const JudgedStudy& judged, const std::string& identity,
                        const std::filesystem::path& folder, const std::vector<std::string>& destinations) {
    const auto& outcome = judged.outcome;
    store::NewResult row;
    row.study_uid = outcome.study_uid;
    row.identity = identity;
    row.status = to_string(outcome.status);
    row.verdict = outcome.findings ? std::string(to_string(outcome.findings->verdict)) : "";
    row.reason = outcome.reason_code.empty() ? "" : outcome.reason_code + ": " + outcome.reason;
    row.folder = folder.string();
    for (const auto& object : judged.objects)
        row.objects.push_back(
            {object.sop_class_uid, object.sop_instance_uid, (folder / object.file.filename()).string()});
    row.destinations = destinations;
    return row;
}

std::string consequence_of(const store::NewResult& result) {
    if (result.objects.empty()) return "; nothing to deliver";
    if (result.destinations.empty())
        return fmt::format("; {} objects kept, no destination is configured", result.objects.size());
    return fmt::format("; {} object{} queued for {}", result.objects.size(),
                       result.objects.size() == 1 ? "" : "s", joined(result.destinations));
}

}  // namespace

AnalysisJobs::AnalysisJobs(store::Database& database, const spool::Spool& spool,
                           std::filesystem::path results_folder, const config::Config& config, Judge judge)
    : database_(&database),
      spool_(&spool),
      results_folder_(std::move(results_folder)),
      max_attempts_(config.analysis.max_attempts),
      judge_(std::move(judge)) {
    options_ = judge_options(config);
    for (const auto& destination : config.destinations) destinations_.push_back(destination.name);
}

bool AnalysisJobs::do_next() {
    const auto now = now_ms();
    const auto job = database_->lease_job(now, now + lease_ms);
    if (!job) return false;
    job_under_way_ = job->id;
    try {
        work(*job);
    } catch (const store::StoreFailure&) {
        job_under_way_ = 0;
        throw;
    } catch (const std::exception& error) {
        give_back(*job, error.what());
    }
    job_under_way_ = 0;
    return true;
}

void AnalysisJobs::extend_lease() {
    if (const auto id = job_under_way_.load()) database_->extend_lease(id, now_ms() + lease_ms);
}

void AnalysisJobs::work(const store::Job& job) {
    // The attempts before this one ended with the process: killed, or brought down by this study.
    if (job.attempts > max_attempts_)
        return give_back(
            job, "the analysis broke off " + std::to_string(max_attempts_) + " times without saying why");
    const auto kept = judge_and_keep(job);
    if (!kept) return give_back(job, kept.error().what);
    database_->finish_job(job, kept->row);
    const auto level = kept->row.status == "analysed" ? spdlog::level::info : spdlog::level::warn;
    spdlog::log(level, "study {}: {}{}", job.study_uid, kept->words, consequence_of(kept->row));
}

Result<AnalysisJobs::KeptResult> AnalysisJobs::judge_and_keep(const store::Job& job) {
    const auto instances = database_->instances_of(job.study_uid);
    std::vector<std::filesystem::path> files;
    for (const auto& instance : instances) files.push_back(spool_->file_of(instance));
    auto options = options_;
    if (const auto study = database_->find_study(job.study_uid)) options.revision = study->revision + 1;

    auto folder = ResultFolder::begin(results_folder_, job.study_uid);
    if (!folder) return std::unexpected(folder.error());
    const auto judged = judge_(job.study_uid, files, options, folder->temporary());
    if (!judged) return std::unexpected(judged.error());
    const auto identity = identity_of(*judged, instances, options);
    const auto relative = folder->commit(identity);
    if (!relative) return std::unexpected(relative.error());

    return KeptResult{row_of(*judged, relative->filename().string(), *relative, destinations_),
                      in_words(judged->outcome)};
}

void AnalysisJobs::give_back(const store::Job& job, const std::string& error) {
    if (job.attempts >= max_attempts_) {
        spdlog::error("study {}: analysis given up after {} attempts, NOT analysed: {}", job.study_uid,
                      job.attempts, error);
        database_->park_job(job, error);
        return;
    }
    spdlog::warn("study {}: analysis attempt {} of {} failed, next in {} s: {}", job.study_uid, job.attempts,
                 max_attempts_, retry_after_ms / 1000, error);
    database_->retry_job(job, error, now_ms() + retry_after_ms);
}

}  // namespace calcinode::app
