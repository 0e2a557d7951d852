// Delivery rows: the outbox.
#include "store/connection.hpp"

namespace calcinode::store {

std::vector<Delivery> Database::due_deliveries(const std::string& destination, UnixMillis now, int limit) {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<Delivery> rows;
        auto query = c.query(
            "SELECT d.id, d.destination, d.sop_class_uid, d.sop_instance_uid, d.path, r.study_uid, "
            "d.attempts, "
            "r.created FROM delivery d JOIN result r ON r.id = d.result_id "
            "WHERE d.destination = ? AND d.state = 'pending' AND d.not_before <= ? "
            "ORDER BY d.not_before, d.id LIMIT ?",
            destination, now, limit);
        while (query.next())
            rows.push_back({query[0].getInt64(), query[1].getString(), query[2].getString(),
                            query[3].getString(), query[4].getString(), query[5].getString(),
                            query[6].getInt(), query[7].getInt64()});
        return rows;
    });
}

void Database::delivery_sent(std::int64_t id, UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE delivery SET state = 'sent', attempts = attempts + 1, sent = ?, last_error = '' WHERE "
             "id = ?",
             now, id)
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

Database::DeliveryCounts Database::delivery_counts(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        DeliveryCounts counts;
        auto query = c.query(
            "SELECT sum(d.state = 'pending'), sum(d.state = 'sent'), sum(d.state = 'parked') "
            "FROM delivery d JOIN result r ON r.id = d.result_id WHERE r.study_uid = ?",
            study_uid);
        if (query.next()) counts = {query[0].getInt64(), query[1].getInt64(), query[2].getInt64()};
        return counts;
    });
}

}  // namespace calcinode::store
