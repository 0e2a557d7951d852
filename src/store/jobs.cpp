// Jobs, their leases, and the results they end with.
#include "store/connection.hpp"
#include "store/results.hpp"

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
            // The first condition on the job is that of its partial index.
            auto due = c.query(
                "SELECT id, study_uid, attempts, postponed FROM job JOIN study USING (study_uid) "
                "WHERE job.state IN ('queued', 'leased') AND study.state IN ('queued', 'analysing') AND "
                "CASE job.state WHEN 'queued' THEN not_before ELSE leased_until END <= ? "
                "ORDER BY study.priority DESC, job.queued, id LIMIT 1",
                now);
            if (!due.next()) return std::nullopt;
            job = {due[0].getInt64(), due[1].getString(), due[2].getInt() + 1, due[3].getInt()};
        }
        c.query("UPDATE job SET state = 'leased', leased_until = ?, attempts = ?, began = ? WHERE id = ?",
                until, job.leases, now, job.id)
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

void Database::release_all_leases(UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE study SET state = 'queued' WHERE state = 'analysing' AND study_uid IN "
             "(SELECT study_uid FROM job WHERE state = 'leased')")
            .run();
        c.query(
             "UPDATE job SET state = 'queued', leased_until = NULL, queued = max(queued, ?) WHERE state = "
             "'leased'",
             now)
            .run();
    });
}

bool Database::finish_job(const Job& job, const NewResult& result) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.leases).next()) return false;
        c.query("UPDATE job SET state = 'done', leased_until = NULL, last_error = '', ended = ? WHERE id = ?",
                now_ms(), job.id)
            .run();
        // Only the job's own step is undone by a new instance: verdict and reason of what was judged stay
        // true.
        c.query(
             "UPDATE study SET verdict = ?2, reason = ?3, state = CASE state WHEN 'analysing' THEN ?4 ELSE "
             "state "
             "END WHERE study_uid = ?1",
             result.study_uid, result.verdict, result.reason, result.status)
            .run();
        add_result(c, result);
        return true;
    });
}

void Database::retry_job(const Job& job, const std::string& error, UnixMillis not_before) {
    queue_again(job, error, not_before, Counts::yes);
}

void Database::postpone_job(const Job& job, const std::string& error, UnixMillis not_before) {
    queue_again(job, error, not_before, Counts::no);
}

void Database::queue_again(const Job& job, const std::string& error, UnixMillis not_before, Counts counts) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.leases).next()) return;
        c.query(
             "UPDATE job SET state = 'queued', leased_until = NULL, last_error = ?1, not_before = ?2, "
             "queued = max(queued, ?2), postponed = postponed + ?3 WHERE id = ?4",
             error, not_before, counts == Counts::no ? 1 : 0, job.id)
            .run();
        c.query("UPDATE study SET state = 'queued' WHERE study_uid = ? AND state = 'analysing'",
                job.study_uid)
            .run();
    });
}

void Database::park_job(const Job& job, const std::string& error) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        if (!c.query(is_held, job.id, job.leases).next()) return;
        c.query(
             "UPDATE job SET state = 'parked', leased_until = NULL, last_error = ?, ended = ? WHERE id = ?",
             error, now_ms(), job.id)
            .run();
        c.query("UPDATE study SET state = 'failed', reason = ? WHERE study_uid = ? AND state = 'analysing'",
                error, job.study_uid)
            .run();
    });
}

}  // namespace calcinode::store
