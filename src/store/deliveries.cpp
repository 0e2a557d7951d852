// Delivery rows: the outbox.
#include "store/connection.hpp"

namespace calcinode::store {

std::vector<Delivery> deliveries_in(Query query) {
    std::vector<Delivery> rows;
    while (query.next())
        rows.push_back({query[0].getInt64(), query[1].getString(), query[2].getString(), query[3].getString(),
                        query[4].getString(), query[5].getString(), query[6].getInt(), query[7].getInt(),
                        query[8].getInt64(), query[9].getString()});
    return rows;
}

std::vector<Delivery> Database::due_deliveries(const std::string& destination, UnixMillis now, int limit) {
    auto& c = *connection_;
    return c.read([&] {
        return deliveries_in(
            c.query("SELECT * FROM delivery_of_study WHERE destination = ? AND state = 'pending' AND "
                    "not_before <= ? ORDER BY not_before, id LIMIT ?",
                    destination, now, limit));
    });
}

void Database::delivery_sent(std::int64_t id, UnixMillis now, Commitment commitment) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        // Where its commitment came while it was sent again, it stays committed. One that was given up while
        // it was on its way has arrived all the same.
        c.query(
             "UPDATE delivery SET state = ?, attempts = attempts + 1, sent = ?2, not_before = ?2, asked = 0, "
             "last_error = '', given_up = NULL WHERE id = ? AND (state = 'pending' OR given_up IS NOT NULL)",
             commitment == Commitment::asked ? "uncommitted" : "sent", now, id)
            .run();
    });
}

void Database::delivery_failed(std::int64_t id, const std::string& error, UnixMillis not_before) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE delivery SET attempts = attempts + 1, last_error = ?, not_before = ? WHERE id = ? AND "
             "state = 'pending'",
             error, not_before, id)
            .run();
    });
}

void Database::delivery_parked(std::int64_t id, const std::string& error) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE delivery SET state = 'parked', attempts = attempts + 1, last_error = ? WHERE id = ? AND "
             "state = 'pending'",
             error, id)
            .run();
    });
}

int Database::park_deliveries(const std::string& destination, UnixMillis created_before,
                              const std::string& error) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        return c
            .query(
                "UPDATE delivery SET state = 'parked', last_error = ?1, attempts = attempts + (state = "
                "'pending') WHERE id IN (SELECT id FROM delivery_of_study WHERE destination = ?2 AND state "
                "IN ('pending', 'uncommitted') AND created < ?3)",
                error, destination, created_before)
            .run();
    });
}

namespace {

Database::DeliveryCounts counts_in(Query query) {
    if (!query.next()) return {};
    return {query[0].getInt64(), query[1].getInt64(), query[2].getInt64(),
            query[3].getInt64(), query[4].getInt64(), query[5].getInt64()};
}

}  // namespace

Database::DeliveryCounts Database::delivery_counts(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        return counts_in(
            c.query("SELECT sum(shown = 'pending'), sum(shown = 'sent'), sum(shown = 'uncommitted'), "
                    "sum(shown = 'committed'), sum(shown = 'parked'), sum(shown = 'given_up') FROM "
                    "delivery_of_study WHERE study_uid = ?",
                    study_uid));
    });
}

Database::DeliveryCounts Database::delivery_counts_of(const std::string& destination) {
    auto& c = *connection_;
    return c.read([&] {
        return counts_in(
            c.query("SELECT sum(state = 'pending'), sum(state = 'sent'), sum(state = 'uncommitted'), "
                    "sum(state = 'committed'), sum(state = 'parked' AND given_up IS NULL), "
                    "sum(given_up IS NOT NULL) FROM delivery WHERE destination = ?",
                    destination));
    });
}

bool Database::is_delivered(const std::string& study_uid) {
    const auto counts = delivery_counts(study_uid);
    return counts.pending + counts.uncommitted + counts.parked == 0;
}

std::vector<std::string> Database::receivers_told(const std::string& study_uid, int revision) {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<std::string> receivers;
        auto query = c.query(
            "SELECT DISTINCT d.destination FROM delivery d JOIN result r ON r.id = d.result_id WHERE "
            "r.study_uid = ? AND r.revision < ? AND d.kind = 'alert' AND d.given_up IS NULL ORDER BY 1",
            study_uid, revision);
        while (query.next()) receivers.push_back(query[0].getString());
        return receivers;
    });
}

}  // namespace calcinode::store
