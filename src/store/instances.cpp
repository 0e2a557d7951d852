// Instance rows, and the series and study rows they bring with them.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

constexpr const char* columns =
    "SELECT sop_instance_uid, series_uid, study_uid, sop_class_uid, transfer_syntax_uid, modality, path, "
    "bytes, "
    "checksum, calling_ae, received FROM instance JOIN series USING (series_uid, study_uid) "
    "WHERE sop_instance_uid = ?";
constexpr const char* columns_of_study =
    "SELECT sop_instance_uid, series_uid, study_uid, sop_class_uid, transfer_syntax_uid, modality, path, "
    "bytes, "
    "checksum, calling_ae, received FROM instance JOIN series USING (series_uid, study_uid) "
    "WHERE study_uid = ? ORDER BY sop_instance_uid";

InstanceRow instance_from(Query& query) {
    int column = 0;
    InstanceRow row;
    for (auto* text : {&row.sop_instance_uid, &row.series_uid, &row.study_uid, &row.sop_class_uid,
                       &row.transfer_syntax_uid, &row.modality, &row.path})
        *text = query[column++].getString();
    row.bytes = query[column++].getInt64();
    row.checksum = query[column++].getString();
    row.calling_ae = query[column++].getString();
    row.received = query[column++].getInt64();
    return row;
}

// Who sends a study again as urgent wants it sooner.
template <class Connection>
void set_urgent(Connection& connection, const std::string& study_uid) {
    connection.query("UPDATE study SET priority = 1 WHERE study_uid = ? AND priority < 1", study_uid).run();
}

template <class Connection>
void put_study(Connection& c, const InstanceRow& row) {
    // last_received grows with every instance, also within one millisecond: queue_study relies on it.
    // Nearly always the study is being received: a state that is not set costs no index (half of the time).
    const int receiving =
        c.query(
             "UPDATE study SET last_received = max(last_received + 1, ?2), priority = max(priority, ?3), "
             "bytes = bytes + ?4 WHERE study_uid = ?1 AND state = 'receiving' AND gap_since IS NULL",
             row.study_uid, row.received, row.urgent ? 1 : 0, row.bytes)
            .run();
    if (receiving > 0) return;
    c.query(
         "INSERT INTO study (study_uid, state, first_received, last_received, priority, bytes) "
         "VALUES (?1, 'receiving', ?2, ?2, ?3, ?4) "
         "ON CONFLICT DO UPDATE SET state = 'receiving', gap_since = NULL, "
         "last_received = max(last_received + 1, excluded.last_received), "
         "priority = max(priority, excluded.priority), bytes = bytes + excluded.bytes",
         row.study_uid, row.received, row.urgent ? 1 : 0, row.bytes)
        .run();
}

template <class Connection>
void insert(Connection& c, const InstanceRow& row) {
    put_study(c, row);
    c.query("INSERT OR IGNORE INTO series (series_uid, study_uid, modality) VALUES (?, ?, ?)", row.series_uid,
            row.study_uid, row.modality)
        .run();
    c.query(
         "INSERT INTO instance (sop_instance_uid, series_uid, study_uid, sop_class_uid, "
         "transfer_syntax_uid, path, bytes, checksum, calling_ae, received) VALUES (?,?,?,?,?,?,?,?,?,?)",
         row.sop_instance_uid, row.series_uid, row.study_uid, row.sop_class_uid, row.transfer_syntax_uid,
         row.path, row.bytes, row.checksum, row.calling_ae, row.received)
        .run();
}

}  // namespace

Insert Database::add_instance(const InstanceRow& row) {
    auto& c = *connection_;
    return c.transaction(Durability::relaxed, [&] {
        {
            auto known =
                c.query("SELECT checksum FROM instance WHERE sop_instance_uid = ?", row.sop_instance_uid);
            if (known.next()) {
                if (known[0].getString() == row.checksum) {
                    if (row.urgent) set_urgent(c, row.study_uid);
                    return Insert::same_again;
                }
                c.query("UPDATE instance SET conflicts = conflicts + 1 WHERE sop_instance_uid = ?",
                        row.sop_instance_uid)
                    .run();
                return Insert::differs;
            }
        }
        insert(c, row);
        return Insert::added;
    });
}

void Database::bring_back(const InstanceRow& row) {
    auto& c = *connection_;
    // A removal that a power cut brought back to life would take the file again.
    c.transaction(Durability::full, [&] {
        c.query("DELETE FROM instance WHERE sop_instance_uid = ?", row.sop_instance_uid).run();
        insert(c, row);
        c.query(
             "UPDATE study SET bytes = (SELECT sum(bytes) FROM instance i WHERE i.study_uid = ?1) WHERE "
             "study_uid = ?1",
             row.study_uid)
            .run();
    });
}

std::optional<InstanceRow> Database::find_instance(const std::string& sop_instance_uid) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<InstanceRow> {
        auto query = c.query(columns, sop_instance_uid);
        if (!query.next()) return std::nullopt;
        return instance_from(query);
    });
}

std::vector<InstanceRow> Database::instances_of(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<InstanceRow> rows;
        auto query = c.query(columns_of_study, study_uid);
        while (query.next()) rows.push_back(instance_from(query));
        return rows;
    });
}

std::vector<std::string> Database::instance_paths() {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<std::string> paths;
        auto query = c.query("SELECT path FROM instance ORDER BY path");
        while (query.next()) paths.push_back(query[0].getString());
        return paths;
    });
}

}  // namespace calcinode::store
