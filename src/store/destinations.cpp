// Destination rows: whether each can be reached, and when it is tried again.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

DestinationRow row_in(Query& query) {
    return {query[0].getString(), query[1].getInt(), query[2].getInt64(), query[3].getString(),
            query[4].getInt64()};
}

}  // namespace

DestinationRow Database::destination(const std::string& name) {
    auto& c = *connection_;
    return c.read([&] {
        auto query = c.query(
            "SELECT name, failures, not_before, trouble, since FROM destination WHERE name = ?", name);
        return query.next() ? row_in(query) : DestinationRow{name, 0, 0, "", 0};
    });
}

std::vector<DestinationRow> Database::destinations() {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<DestinationRow> rows;
        auto query =
            c.query("SELECT name, failures, not_before, trouble, since FROM destination ORDER BY name");
        while (query.next()) rows.push_back(row_in(query));
        return rows;
    });
}

void Database::set_destination(const DestinationRow& row) {
    auto& c = *connection_;
    // Not synced: what is lost with it is a wait.
    c.transaction(Durability::relaxed, [&] {
        c.query(
             "INSERT OR REPLACE INTO destination (name, failures, not_before, trouble, since) VALUES (?, ?, "
             "?, ?, ?)",
             row.name, row.failures, row.not_before, row.trouble, row.since)
            .run();
    });
}

}  // namespace calcinode::store
