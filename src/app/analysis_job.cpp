#include "app/analysis_job.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <new>

#include "app/analysis_result.hpp"
#include "app/dicom_destination.hpp"
#include "app/in_words.hpp"
#include "app/judge_options.hpp"
#include "app/result_folder.hpp"
#include "app/result_record.hpp"
#include "base/disk.hpp"
#include "base/priority.hpp"
#include "notify/alerts.hpp"

namespace calcinode::app {
namespace {

// Long against the timer that extends it, short against the patience of people.
constexpr UnixMillis lease_ms = 120 * 1000;
// A positive study's result takes about 5 MiB; its segmentation grows by up to 32 KiB a slice for each
// deposit that crosses it, which leaves room for a thousand such slices.
constexpr std::uintmax_t room_for_result = 64ULL << 20;

// How many of the images have no file any more.
std::ptrdiff_t count_missing(const std::vector<store::InstanceRow>& instances, const spool::Spool& spool) {
    return std::ranges::count_if(instances, [&](const store::InstanceRow& instance) {
        std::error_code error;
        return std::filesystem::status(spool.file_of(instance), error).type() ==
               std::filesystem::file_type::not_found;
    });
}

}  // namespace

AnalysisJobs::AnalysisJobs(store::Database& database, const spool::Spool& spool,
                           std::filesystem::path results_folder, const config::Config& config, Judge judge)
    : database_(&database),
      spool_(&spool),
      results_folder_(std::move(results_folder)),
      priors_(results_folder_),
      pacs_priors_(config),
      max_attempts_(config.analysis.max_attempts),
      backoff_{config.analysis.retry_first_s, config.analysis.retry_longest_s},
      destinations_(config::names_of(config.destinations)),
      wanted_classes_(wanted_classes(config.destinations)),
      alerts_(config.alerts),
      judge_(std::move(judge)) {
    options_ = judge_options(config);
}

bool AnalysisJobs::do_next() {
    if (end_) {
        write_end();
        return true;
    }
    if (!has_room()) return false;
    const auto now = now_ms();
    const auto job = database_->lease_job(now, now + lease_ms);
    if (!job) return false;
    set_under_way(job);
    end_ = work(*job);
    write_end();
    return true;
}

void AnalysisJobs::write_end() {
    end_();
    end_ = nullptr;
    set_under_way(std::nullopt);
}

bool AnalysisJobs::has_room() {
    const auto free = free_bytes(results_folder_);
    const bool room = !free || *free >= room_for_result;  // what can't be looked at is tried
    if (!room && !waits_for_room_)
        spdlog::error("only {} MiB free in {}: no study is analysed until {} MiB are free; free some",
                      *free >> 20, results_folder_.string(), room_for_result >> 20);
    if (room && waits_for_room_) spdlog::info("there is room for results again: analysis goes on");
    waits_for_room_ = !room;
    return room;
}

void AnalysisJobs::set_under_way(std::optional<store::Job> job) {
    const std::scoped_lock lock(mutex_);
    under_way_ = std::move(job);
}

std::optional<store::Job> AnalysisJobs::under_way() const {
    const std::scoped_lock lock(mutex_);
    return under_way_;
}

std::string AnalysisJobs::study_under_way() const {
    const auto job = under_way();
    return job ? job->study_uid : "";
}

void AnalysisJobs::extend_lease() {
    if (const auto job = under_way()) database_->extend_lease(job->id, now_ms() + lease_ms);
}

void AnalysisJobs::abandon() {
    if (const auto job = under_way()) database_->postpone_job(*job, "the daemon was stopped", now_ms());
}

// Why the images that are there are not the whole study; "" where nothing is known to be missing.
std::string AnalysisJobs::incomplete(const std::string& study_uid,
                                     const std::vector<store::InstanceRow>& instances) const {
    if (const auto missing = count_missing(instances, *spool_); missing > 0)
        return fmt::format("images_missing: {} of {} images are gone from the spool; send the study again",
                           missing, instances.size());
    const auto study = database_->find_study(study_uid);
    if (study && study->removed_instances > std::ssize(instances))
        return fmt::format(
            "images_removed: the study had {} images when they were removed here after its analysis, {} of "
            "it came again; send the whole study again",
            study->removed_instances, instances.size());
    return "";
}

AnalysisJobs::End AnalysisJobs::work(const store::Job& job) {
    // The attempts before this one ended with the process: killed, or brought down by this study.
    if (job.attempts() > max_attempts_)
        return parked(job, fmt::format("analysis_crashed: the daemon ended {} times while it analysed this "
                                       "study, without saying why",
                                       max_attempts_));
    try {
        const auto instances = database_->instances_of(job.study_uid);
        if (auto reason = incomplete(job.study_uid, instances); !reason.empty()) return parked(job, reason);
        auto kept = judge_and_keep(job, instances);
        return kept ? finished(job, std::move(*kept)) : broken_off(job, kept.error().what);
    } catch (const store::StoreFailure& failure) {
        return postponed(job, failure.what());
    } catch (const std::bad_alloc&) {
        return broken_off(job, "not enough memory");
    } catch (const std::exception& error) {
        return broken_off(job, error.what());
    }
}

Result<AnalysisJobs::KeptResult> AnalysisJobs::judge_and_keep(
    const store::Job& job, const std::vector<store::InstanceRow>& instances) {
    std::vector<std::filesystem::path> files;
    for (const auto& instance : instances) files.push_back(spool_->file_of(instance));
    const auto place = [&](const std::string& volume) {
        return place_of(job.study_uid, identity_of(volume, instances, options_));
    };
    auto options = options_;
    options.revision_of = [&](const std::string& volume) { return place(volume).revision; };
    options.earlier_objects = [&](int revision) {
        return earlier_objects(results_folder_, job.study_uid, revision);
    };
    options.prior_of = [this](const report::PatientStudy& study) { return find_prior(study); };

    auto folder = ResultFolder::begin(results_folder_, job.study_uid);
    if (!folder) return std::unexpected(folder.error());
    // Ingest comes first, so the analysis yields to it. It takes the database's lock twice, for the study's
    // revision and the objects before it: short reads, for which ingest may have to wait.
    const auto judged =
        call_yielding([&] { return judge_(job.study_uid, files, options, folder->temporary()); });
    if (!judged) return std::unexpected(judged.error());
    const auto [name, revision] = place(judged->identity);
    ResultRecord record{row_of(*judged, name), revision, std::ssize(instances)};
    if (auto added = add_alerts(*judged, folder->temporary(), record.revision, record.row); !added)
        return std::unexpected(added.error());
    if (auto written = write_record(record, folder->temporary()); !written)
        return std::unexpected(written.error());
    if (auto committed = folder->commit(name); !committed) return std::unexpected(committed.error());
    priors_.add(name);
    record.row.destinations = destinations_;
    record.row.wanted_classes = wanted_classes_;
    return KeptResult{std::move(record.row), in_words(judged->outcome)};
}

// What the node has itself, or the PACS where that is newer.
FoundPrior AnalysisJobs::find_prior(const report::PatientStudy& study) {
    FoundPrior found{priors_.find(study)};
    auto asked = pacs_priors_.find(study);
    if (!asked) {
        spdlog::warn("study {}: the PACS was not asked for earlier results: {}; the result goes without them",
                     study.study_uid, asked.error().what);
        found.remark = "the PACS could not be asked for earlier results";
    } else if (*asked && (!found.prior || is_newer(**asked, *found.prior))) {
        found.prior = std::move(*asked);
    }
    return found;
}

Result<> AnalysisJobs::add_alerts(const JudgedStudy& judged, const std::filesystem::path& folder,
                                  int revision, store::NewResult& row) const {
    const auto alerts = notify::write_alerts(alerts_, judged.outcome,
                                             {revision, database_->receivers_told(row.study_uid, revision)},
                                             judged.identity, judged.image, folder);
    if (!alerts) return std::unexpected(alerts.error());
    for (const auto& alert : *alerts)
        row.alerts.push_back(
            {alert.receiver, alert.uid, std::filesystem::path(row.folder) / alert.file.filename()});
    return {};
}

// The newest result is made again as it was: its objects get the same UIDs. An older one is not, since the
// receivers were told of what replaced it: what holds again is a revision of its own, which replaces that.
AnalysisJobs::Place AnalysisJobs::place_of(const std::string& study_uid, const std::string& identity) const {
    const auto study = database_->find_study(study_uid);
    const int newest = study ? study->revision : 0;
    const auto folder_after = [&](int revision) {
        return ResultFolder::name_of(study_uid,
                                     identity + "\nagain after revision " + std::to_string(revision));
    };
    const auto revision_of = [&](const std::filesystem::path& folder) {
        return database_->revision_of(study_uid, folder.filename());
    };
    const auto folder = ResultFolder::name_of(study_uid, identity);
    const auto known = revision_of(folder);
    if (!known || *known == newest) return {folder, known ? newest : newest + 1};
    const auto again = folder_after(newest - 1);
    if (revision_of(again) == newest) return {again, newest};
    return {folder_after(newest), newest + 1};
}

AnalysisJobs::End AnalysisJobs::finished(const store::Job& job, KeptResult kept) {
    return [this, job, kept = std::move(kept)] {
        if (!database_->finish_job(job, kept.row)) {
            spdlog::warn("study {}: its analysis was begun once more before this one ended; that one counts",
                         job.study_uid);
            return;
        }
        const auto level = kept.row.status == "analysed" ? spdlog::level::info : spdlog::level::warn;
        spdlog::log(level, "study {}: {}{}{}", job.study_uid, kept.words, consequence_of(kept.row),
                    alerts_of(kept.row));
    };
}

AnalysisJobs::End AnalysisJobs::broken_off(const store::Job& job, const std::string& why) {
    if (const auto room = try_room(results_folder_, room_for_result); !room)
        return postponed(job, why + "; " + room.error().what);
    if (job.attempts() >= max_attempts_)
        return parked(job,
                      fmt::format("analysis_failed: given up after {} attempts: {}", job.attempts(), why));
    return [this, job, why] {
        const auto delay = delay_ms(backoff_, job.attempts());
        database_->retry_job(job, why, now_ms() + delay);
        spdlog::warn("study {}: analysis attempt {} of {} failed, next in {} s: {}", job.study_uid,
                     job.attempts(), max_attempts_, delay / 1000, why);
    };
}

AnalysisJobs::End AnalysisJobs::postponed(const store::Job& job, const std::string& why) {
    return [this, job, why] {
        const auto delay = delay_ms(backoff_, job.postponed + 1);
        database_->postpone_job(job, why, now_ms() + delay);
        spdlog::warn("study {}: the disk or the database stops its analysis, next attempt in {} s: {}",
                     job.study_uid, delay / 1000, why);
    };
}

AnalysisJobs::End AnalysisJobs::parked(const store::Job& job, const std::string& reason) {
    return [this, job, reason] {
        database_->park_job(job, reason);
        spdlog::error("study {}: NOT analysed, {}", job.study_uid, reason);
    };
}

}  // namespace calcinode::app
