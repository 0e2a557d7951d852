// What an administrator asks to be done once more.
#include "store/connection.hpp"
#include "store/results.hpp"

namespace calcinode::store {
namespace {

// Of a row of `delivery`: an alert, whose receiver has one of a later revision of the study's result.
#define CALCINODE_REPLACED                                                                      \
    "(kind = 'alert' AND EXISTS (SELECT 1 FROM delivery n JOIN result q ON q.id = n.result_id " \
    "JOIN result o ON o.id = delivery.result_id WHERE n.kind = 'alert' AND "                    \
    "n.destination = delivery.destination AND q.study_uid = o.study_uid AND q.revision > o.revision))"

}  // namespace

int Database::resend(const ResendFilter& which, UnixMillis now) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        c.query("UPDATE destination SET not_before = ?1 WHERE not_before > ?1 AND ?2 IN ('', name)", now,
                which.destination)
            .run();
        return c
            .query(
                "UPDATE delivery SET state = 'pending', attempts = 0, asked = 0, committed = NULL, "
                "not_before = ?1, resumed = ?1, given_up = NULL WHERE state <> 'pending' AND "
                "(NOT ?2 OR (state = 'parked' AND (given_up IS NULL OR ?4 <> '' OR ?5 <> 0))) AND "
                "?3 IN ('', destination) AND ?5 IN (0, id) AND result_id IN "
                "(SELECT id FROM result WHERE removed IS NULL AND ?4 IN ('', study_uid)) "
                "AND NOT " CALCINODE_REPLACED,
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

int Database::discard(const DiscardFilter& which, UnixMillis now) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        return c
            .query(
                "UPDATE delivery SET state = 'parked', given_up = ?1, last_error = CASE last_error "
                "WHEN '' THEN 'given up before it was delivered' ELSE last_error END WHERE "
                "given_up IS NULL AND (state = 'parked' OR (NOT ?2 AND state IN ('pending', "
                "'uncommitted'))) AND ?3 IN ('', destination) AND ?5 IN (0, id) AND "
                "result_id IN (SELECT id FROM result WHERE ?4 IN ('', study_uid))",
                now, which.only_parked ? 1 : 0, which.destination, which.study_uid, which.delivery_id)
            .run();
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
        // Without images its results may be left: retention keeps them longer, and a kill may have come
        // between.
        const int images = c.query("UPDATE instance SET removing = 1 WHERE study_uid = ?", study_uid).run();
        if (images == 0 &&
            !c.query("SELECT 1 FROM result WHERE study_uid = ? AND removed IS NULL", study_uid).next())
            return Forgetting::no_images;
        if (images > 0) c.query("UPDATE study SET forgotten = ? WHERE study_uid = ?", now, study_uid).run();
        c.query(
             "UPDATE delivery SET state = 'parked', given_up = ?1, last_error = ?3 WHERE state IN "
             "('pending', 'uncommitted', 'parked') AND given_up IS NULL AND result_id IN "
             "(SELECT id FROM result WHERE study_uid = ?2)",
             now, study_uid, forgotten_by_command)
            .run();
        return Forgetting::done;
    });
}

std::vector<FinishedResult> Database::results_with_files(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<FinishedResult> results;
        auto query =
            c.query("SELECT id, folder FROM result WHERE study_uid = ? AND removed IS NULL", study_uid);
        while (query.next()) results.push_back({query[0].getInt64(), study_uid, query[1].getString()});
        return results;
    });
}

bool Database::is_forgotten(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        return c.query("SELECT 1 FROM study WHERE study_uid = ? AND forgotten IS NOT NULL", study_uid).next();
    });
}

}  // namespace calcinode::store
