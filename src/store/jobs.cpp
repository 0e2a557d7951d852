// Jobs, their leases, and the results they end with.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

// Whether `job` is still the lease that the row knows: each lease counts an attempt.
constexpr const char* is_held = "SELECT 1 FROM job WHERE id = ? AND state = 'leased' AND attempts = ?";

}  // namespace

std::optional<Job> Database::lease_job(UnixMillis now, UnixMillis until) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&]() -> std::optional<Job> {
        Job job;
        {
            auto due = c.query(
                "SELECT id, study_uid, attempts FROM job JOIN study USING (study_uid) "
                "WHERE study.state IN ('queued', 'analysing') AND "
                "((job.state = 'queued' AND not_before <= ?1) OR (job.state = 'leased' AND leased_until <= "
                "?1)) "
                "ORDER BY not_before, id LIMIT 1",
                now);
            if (!due.next()) return std::nullopt;
            job = {due[0].getInt64(), due[1].getString(), due[2].getInt() + 1};
        }
        c.query("UPDATE job SET state = 'leased', leased_until = ?, attempts = ? WHERE id = ?", until,
                job.attempts, job.id)
            .run();
        c.query("UPDATE study SET state = 'analysing' WHERE study_uid = ?", job.study_uid).run();
        return job;
    });
}

void Database::extend_lease(std::int64_t job_id, UnixMillis until) {
    auto& c = *connection_;
    c.transaction(Durability::relaxed, [&] {
        c.query("UPDATE job SET leased_until = ? WHERE id = ? AND state = 'leased'", until, job_id).run();
    });
}

void Database::release_all_leases() {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE study SET state = 'queued' WHERE state = 'analysing' AND study_uid IN "
             "(SELECT study_uid FROM job WHERE state = 'leased')")
            .run();
        c.query("UPDATE job SET state = 'queued', leased_until = NULL WHERE state = 'leased'").run();
    });
}

void Database::finish_job(const Job& job, const NewResult& result) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.attempts).next()) return;
        c.query("UPDATE job SET state = 'done', leased_until = NULL, last_error = '' WHERE id = ?", job.id)
            .run();
        // Only the job's own step is undone by a new instance: verdict and reason of what was judged stay
        // true.
        c.query(
             "UPDATE study SET verdict = ?2, reason = ?3, state = CASE state WHEN 'analysing' THEN ?4 ELSE "
             "state "
             "END WHERE study_uid = ?1",
             result.study_uid, result.verdict, result.reason, result.status)
            .run();
        const auto now = now_ms();
        const int added =
            c.query(
                 "INSERT OR IGNORE INTO result (study_uid, revision, identity, status, verdict, reason, "
                 "folder, "
                 "created) SELECT ?1, revision + 1, ?2, ?3, ?4, ?5, ?6, ?7 FROM study WHERE study_uid = ?1",
                 result.study_uid, result.identity, result.status, result.verdict, result.reason,
                 result.folder, now)
                .run();
        if (added == 0) return;  // made before: its deliveries exist
        const auto result_id = c.database.getLastInsertRowid();
        c.query("UPDATE study SET revision = revision + 1 WHERE study_uid = ?", result.study_uid).run();
        for (const auto& destination : result.destinations)
            for (const auto& object : result.objects)
                c.query(
                     "INSERT OR IGNORE INTO delivery (result_id, destination, sop_class_uid, "
                     "sop_instance_uid, "
                     "path, state, not_before) VALUES (?, ?, ?, ?, ?, 'pending', ?)",
                     result_id, destination, object.sop_class_uid, object.sop_instance_uid, object.path, now)
                    .run();
    });
}

void Database::retry_job(const Job& job, const std::string& error, UnixMillis not_before) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.attempts).next()) return;
        c.query(
             "UPDATE job SET state = 'queued', leased_until = NULL, last_error = ?, not_before = ? WHERE id "
             "= ?",
             error, not_before, job.id)
            .run();
        c.query("UPDATE study SET state = 'queued' WHERE study_uid = ? AND state = 'analysing'",
                job.study_uid)
            .run();
    });
}

void Database::park_job(const Job& job, const std::string& error) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.attempts).next()) return;
        c.query("UPDATE job SET state = 'parked', leased_until = NULL, last_error = ? WHERE id = ?", error,
                job.id)
            .run();
        c.query("UPDATE study SET state = 'failed', reason = ? WHERE study_uid = ? AND state = 'analysing'",
                error, job.study_uid)
            .run();
    });
}

}  // namespace calcinode::store
