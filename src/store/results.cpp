#include "store/results.hpp"

#include "store/wanted.hpp"

namespace calcinode::store {
namespace {

// False where the study has a result of this identity.
bool insert_result(Database::Connection& c, const NewResult& result, int revision, UnixMillis now) {
    return c.query(
                "INSERT OR IGNORE INTO result (study_uid, revision, identity, status, verdict, reason, "
                "folder, "
                "created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                result.study_uid, revision, result.identity, result.status, result.verdict, result.reason,
                result.folder, now)
               .run() > 0;
}

// The study's alerts to `receiver` ("": to all) of earlier results that were not sent, whatever keeps them:
// what they say holds no more, and must not come after what does.
void supersede_alerts(Database::Connection& c, const std::string& study_uid, const std::string& receiver,
                      int revision, UnixMillis now) {
    c.query(
         "UPDATE delivery SET state = 'parked', given_up = ?1, "
         "last_error = 'superseded by revision ' || ?2 WHERE ?3 IN ('', destination) AND kind = 'alert' AND "
         "state IN ('pending', 'parked') AND given_up IS NULL AND "
         "result_id IN (SELECT id FROM result WHERE study_uid = ?4 AND revision < ?2)",
         now, revision, receiver, study_uid)
        .run();
}

void insert_deliveries(Database::Connection& c, const NewResult& result, int revision, UnixMillis now) {
    const auto result_id = c.database.getLastInsertRowid();
    const auto insert = [&](const std::string& to, const char* kind, const ObjectToDeliver& object) {
        c.query(
             "INSERT OR IGNORE INTO delivery (result_id, destination, kind, sop_class_uid, sop_instance_uid, "
             "path, state, not_before) VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
             result_id, to, kind, object.sop_class_uid, object.sop_instance_uid, object.path, now)
            .run();
    };
    for (const auto& destination : result.destinations)
        for (const auto& object : result.objects)
            if (is_wanted(result, destination, object)) insert(destination, "object", object);
    for (const auto& alert : result.alerts) {
        supersede_alerts(c, result.study_uid, alert.receiver, revision, now);
        insert(alert.receiver, "alert", {"", alert.uid, alert.path});
    }
    // What can't be judged is told to nobody; what was found before is not to be told after it either.
    if (result.status != "analysed") supersede_alerts(c, result.study_uid, "", revision, now);
}

int newest_revision(Database::Connection& c, const std::string& study_uid) {
    auto query = c.query("SELECT revision FROM study WHERE study_uid = ?", study_uid);
    return query.next() ? query[0].getInt() : 0;
}

}  // namespace

bool add_result(Database::Connection& c, const NewResult& result) {
    const auto now = now_ms();
    const int revision = newest_revision(c, result.study_uid) + 1;
    if (!insert_result(c, result, revision, now)) {
        // Where its files had been removed they were made again, and are as old as that.
        c.query(
             "UPDATE result SET removed = NULL, created = ? WHERE study_uid = ? AND identity = ? AND removed "
             "IS NOT NULL",
             now, result.study_uid, result.identity)
            .run();
        // A study that was forgotten came again as it was.
        c.query(
             "UPDATE delivery SET state = 'pending', attempts = 0, given_up = NULL, not_before = ?1, resumed "
             "= ?1 "
             "WHERE last_error = ?2 AND given_up IS NOT NULL AND result_id IN "
             "(SELECT id FROM result WHERE study_uid = ?3 AND identity = ?4)",
             now, forgotten_by_command, result.study_uid, result.identity)
            .run();
        return false;
    }
    insert_deliveries(c, result, revision, now);
    c.query("UPDATE study SET revision = ? WHERE study_uid = ?", revision, result.study_uid).run();
    return true;
}

std::optional<int> Database::revision_of(const std::string& study_uid, const std::string& identity) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<int> {
        auto query =
            c.query("SELECT revision FROM result WHERE study_uid = ? AND identity = ?", study_uid, identity);
        if (!query.next()) return std::nullopt;
        return query[0].getInt();
    });
}

bool Database::take_in_result(const NewResult& result, int revision, std::int64_t instances) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        const auto now = now_ms();
        c.query(
             "INSERT OR IGNORE INTO study (study_uid, state, first_received, last_received, images_removed, "
             "removed_instances) VALUES (?1, ?2, ?3, ?3, ?3, ?4)",
             result.study_uid, result.status, now, instances)
            .run();
        if (!insert_result(c, result, revision, now)) return false;
        insert_deliveries(c, result, revision, now);
        // Judged already, unless the study has other images than those that the result was made of.
        c.query(
             "UPDATE study SET revision = ?2, verdict = ?3, reason = ?4, state = CASE WHEN "
             "(SELECT count(*) FROM instance i WHERE i.study_uid = study.study_uid) IN (0, ?5) THEN ?6 "
             "ELSE 'receiving' END WHERE study_uid = ?1 AND revision <= ?2 AND state NOT IN ('queued', "
             "'analysing')",
             result.study_uid, revision, result.verdict, result.reason, instances, result.status)
            .run();
        return true;
    });
}

}  // namespace calcinode::store
