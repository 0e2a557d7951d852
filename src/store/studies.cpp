// Study rows: what a study waits for.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

StudyRow study_from(Query& query) {
    StudyRow row;
    int column = 0;
    for (auto* text : {&row.study_uid, &row.state, &row.reason, &row.verdict})
        *text = query[column++].getString();
    row.first_received = query[column++].getInt64();
    row.last_received = query[column++].getInt64();
    if (const auto since = query[column++]; !since.isNull()) row.gap_since = since.getInt64();
    row.revision = query[column++].getInt();
    row.instances = query[column++].getInt64();
    row.conflicts = query[column++].getInt64();
    row.urgent = query[column++].getInt() > 0;
    row.removed_instances = query[column++].getInt64();
    return row;
}

std::vector<StudyRow> all_from(Query&& query) {
    std::vector<StudyRow> rows;
    while (query.next()) rows.push_back(study_from(query));
    return rows;
}

#define CALCINODE_SELECT_STUDY                                                                       \
    "SELECT study_uid, state, reason, verdict, first_received, last_received, gap_since, revision, " \
    "(SELECT count(*) FROM instance i WHERE i.study_uid = s.study_uid), "                            \
    "(SELECT coalesce(sum(conflicts), 0) FROM instance i WHERE i.study_uid = s.study_uid), "         \
    "priority, removed_instances FROM study s "

}  // namespace

std::optional<StudyRow> Database::find_study(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<StudyRow> {
        auto query = c.query(CALCINODE_SELECT_STUDY "WHERE study_uid = ?", study_uid);
        if (!query.next()) return std::nullopt;
        return study_from(query);
    });
}

std::vector<StudyRow> Database::studies(int limit) {
    auto& c = *connection_;
    return c.read([&] {
        return all_from(c.query(CALCINODE_SELECT_STUDY "ORDER BY last_received DESC LIMIT ?", limit));
    });
}

std::vector<StudyRow> Database::quiet_studies(UnixMillis before) {
    auto& c = *connection_;
    return c.read([&] {
        return all_from(c.query(CALCINODE_SELECT_STUDY
                                "WHERE state = 'receiving' AND last_received < ?1 AND NOT EXISTS "
                                "(SELECT 1 FROM job j WHERE j.study_uid = s.study_uid AND j.state IN "
                                "('queued', 'leased') AND j.state = 'leased' AND j.leased_until > ?1) "
                                "ORDER BY last_received",
                                before));
    });
}

void Database::set_gap_since(const std::string& study_uid, UnixMillis since) {
    auto& c = *connection_;
    c.transaction(Durability::relaxed, [&] {
        c.query("UPDATE study SET gap_since = ? WHERE study_uid = ?", since, study_uid).run();
    });
}

void Database::nothing_later_than(UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query("UPDATE study SET last_received = ?1 WHERE state = 'receiving' AND last_received > ?1", now)
            .run();
        c.query("UPDATE study SET gap_since = ?1 WHERE state = 'receiving' AND gap_since > ?1", now).run();
        c.query("UPDATE job SET not_before = ?1 WHERE state = 'queued' AND not_before > ?1", now).run();
        c.query("UPDATE destination SET not_before = ?1 WHERE not_before > ?1", now).run();
        c.query(
             "UPDATE delivery SET not_before = ?1 WHERE state IN ('pending', 'uncommitted') AND not_before > "
             "?1",
             now)
            .run();
    });
}

bool Database::was_later_than(UnixMillis now) {
    auto& c = *connection_;
    return c.read([&] { return c.query("SELECT 1 FROM study WHERE last_received > ?", now).next(); });
}

bool Database::queue_study(const std::string& study_uid, UnixMillis last_received) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        const auto now = now_ms();
        {
            // The first condition on the job's state is that of its partial index.
            auto held = c.query(
                "SELECT 1 FROM job WHERE study_uid = ? AND state IN ('queued', 'leased') AND "
                "state = 'leased' AND leased_until > ?",
                study_uid, now);
            if (held.next()) return false;
        }
        const int changed =
            c.query(
                 "UPDATE study SET state = 'queued', gap_since = NULL WHERE study_uid = ? AND "
                 "state = 'receiving' AND last_received <= ?",
                 study_uid, last_received)
                .run();
        if (changed == 0) return false;
        // A job left over from before the new instances serves for the whole study.
        const int reused = c.query(
                                "UPDATE job SET state = 'queued', postponed = attempts, not_before = ?1, "
                                "queued = ?1, created = ?1, "
                                "leased_until = NULL WHERE study_uid = ?2 AND state IN ('queued', 'leased')",
                                now, study_uid)
                               .run();
        if (reused == 0)
            c.query(
                 "INSERT INTO job (study_uid, state, not_before, queued, created) VALUES (?1, 'queued', ?2, "
                 "?2, ?2)",
                 study_uid, now)
                .run();
        return true;
    });
}

}  // namespace calcinode::store
