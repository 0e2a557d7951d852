// What an administrator asks to be done once more.
#include "store/connection.hpp"

namespace calcinode::store {

int Database::resend(const ResendFilter& which, UnixMillis now) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        c.query("UPDATE destination SET not_before = ?1 WHERE not_before > ?1 AND ?2 IN ('', name)", now,
                which.destination)
            .run();
        return c
            .query(
                "UPDATE delivery SET state = 'pending', attempts = 0, asked = 0, committed = NULL, "
                "not_before = ?1, resumed = ?1 WHERE state <> 'pending' AND (state = 'parked' OR NOT ?2) AND "
                "?3 IN ('', destination) AND ?5 IN (0, id) AND result_id IN (SELECT id FROM result WHERE "
                "removed IS NULL AND "
                "?4 IN ('', study_uid))",
                now, which.only_parked ? 1 : 0, which.destination, which.study_uid, which.delivery_id)
            .run();
    });
}

bool Database::park_delivery(std::int64_t id, const std::string& why) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        return c.query(
                    "UPDATE delivery SET state = 'parked', last_error = ? WHERE id = ? AND state = 'pending'",
                    why, id)
                   .run() > 0;
    });
}

Reanalysis Database::reanalyze(const std::string& study_uid, UnixMillis now) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        {
            auto study = c.query("SELECT state FROM study WHERE study_uid = ?", study_uid);
            if (!study.next()) return Reanalysis::unknown_study;
            const auto state = study[0].getString();
            if (state == "receiving") return Reanalysis::still_receiving;
            if (state == "queued" || state == "analysing") return Reanalysis::waits_already;
        }
        if (!c.query("SELECT 1 FROM instance WHERE study_uid = ? AND removing = 0 LIMIT 1", study_uid).next())
            return Reanalysis::no_images;
        c.query("UPDATE study SET state = 'queued', gap_since = NULL WHERE study_uid = ?", study_uid).run();
        c.query(
             "INSERT INTO job (study_uid, state, not_before, queued, created) VALUES (?1, 'queued', ?2, ?2, "
             "?2)",
             study_uid, now)
            .run();
        return Reanalysis::queued;
    });
}

Forgetting Database::forget(const std::string& study_uid, UnixMillis now) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        {
            auto study = c.query("SELECT state FROM study WHERE study_uid = ?", study_uid);
            if (!study.next()) return Forgetting::unknown_study;
            const auto state = study[0].getString();
            if (state != "analysed" && state != "not_applicable" && state != "failed")
                return Forgetting::not_ended;
        }
        if (c.query("UPDATE instance SET removing = 1 WHERE study_uid = ?", study_uid).run() == 0)
            return Forgetting::no_images;
        c.query("UPDATE study SET forgotten = ? WHERE study_uid = ?", now, study_uid).run();
        c.query(
             "UPDATE delivery SET state = 'parked', given_up = ?, last_error = 'its study was forgotten by "
             "command' "
             "WHERE state IN ('pending', 'uncommitted', 'parked') AND given_up IS NULL AND result_id IN "
             "(SELECT id FROM result WHERE study_uid = ?)",
             now, study_uid)
            .run();
        return Forgetting::done;
    });
}

}  // namespace calcinode::store
