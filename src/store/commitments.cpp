// Storage commitment: which deliveries a transaction asks for, and what was answered.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

constexpr UnixMillis remembered_ms = UnixMillis{30} * 24 * 3600 * 1000;

const char* state_after(CommitmentVerdict::Then then) {
    switch (then) {
        case CommitmentVerdict::Then::committed:
            return "committed";
        case CommitmentVerdict::Then::send_again:
            return "pending";
        case CommitmentVerdict::Then::ask_again:
            return "uncommitted";
        case CommitmentVerdict::Then::park:
            break;
    }
    return "parked";
}

}  // namespace

std::vector<Delivery> Database::due_commitments(const std::string& destination, UnixMillis now, int limit) {
    auto& c = *connection_;
    return c.read([&] {
        return deliveries_in(
            c.query("SELECT * FROM delivery_of_study WHERE destination = ? AND state = 'uncommitted' AND "
                    "not_before <= ? ORDER BY not_before, id LIMIT ?",
                    destination, now, limit));
    });
}

void Database::begin_commitment(const std::string& transaction_uid, const std::vector<Delivery>& deliveries,
                                UnixMillis now, UnixMillis ask_again) {
    if (deliveries.empty()) return;
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query("DELETE FROM commitment WHERE asked < ?", now - remembered_ms).run();
        c.query("INSERT INTO commitment (transaction_uid, destination, asked) VALUES (?, ?, ?)",
                transaction_uid, deliveries.front().destination, now)
            .run();
        for (const auto& delivery : deliveries) {
            c.query("INSERT INTO commitment_item (transaction_uid, delivery_id) VALUES (?, ?)",
                    transaction_uid, delivery.id)
                .run();
            c.query(
                 "UPDATE delivery SET asked = asked + 1, not_before = ? WHERE id = ? AND state = "
                 "'uncommitted'",
                 ask_again, delivery.id)
                .run();
        }
    });
}

void Database::commitment_failed(const std::string& transaction_uid, const std::string& error,
                                 UnixMillis ask_again) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query(
             "UPDATE delivery SET last_error = ?, not_before = ? WHERE state = 'uncommitted' AND id IN "
             "(SELECT delivery_id FROM commitment_item WHERE transaction_uid = ?)",
             error, ask_again, transaction_uid)
            .run();
    });
}

std::optional<std::vector<Delivery>> Database::commitment(const std::string& transaction_uid) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<std::vector<Delivery>> {
        if (!c.query("SELECT 1 FROM commitment WHERE transaction_uid = ?", transaction_uid).next())
            return std::nullopt;
        return deliveries_in(
            c.query("SELECT * FROM delivery_of_study WHERE id IN (SELECT delivery_id FROM commitment_item "
                    "WHERE transaction_uid = ?) ORDER BY id",
                    transaction_uid));
    });
}

void Database::record_verdicts(const std::string& transaction_uid,
                               const std::vector<CommitmentVerdict>& verdicts, UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        c.query("UPDATE commitment SET answered = ? WHERE transaction_uid = ?", now, transaction_uid).run();
        for (const auto& verdict : verdicts) {
            if (verdict.then == CommitmentVerdict::Then::committed)
                c.query(
                     "UPDATE delivery SET state = 'committed', committed = ?, last_error = '', given_up = "
                     "NULL "
                     "WHERE id = ? AND state <> 'committed'",
                     now, verdict.delivery_id)
                    .run();
            else
                c.query(
                     "UPDATE delivery SET state = ?, last_error = ?, not_before = ? WHERE id = ? AND state = "
                     "'uncommitted'",
                     state_after(verdict.then), verdict.why, verdict.not_before, verdict.delivery_id)
                    .run();
        }
    });
}

int Database::waive_commitments(const std::string& destination) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        return c
            .query("UPDATE delivery SET state = 'sent' WHERE destination = ? AND state = 'uncommitted'",
                   destination)
            .run();
    });
}

}  // namespace calcinode::store
