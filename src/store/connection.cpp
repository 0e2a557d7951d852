#include "store/connection.hpp"

#include <sqlite3.h>

namespace calcinode::store {
namespace {

// How long a statement waits for a lock that another process holds (a backup, an administrator's shell).
constexpr int busy_timeout_ms = 10'000;

}  // namespace

Database::Connection::Connection(const std::filesystem::path& file, Missing missing)
    : database(file.string(),
               SQLite::OPEN_READWRITE | (missing == Missing::is_made ? SQLite::OPEN_CREATE : 0),
               busy_timeout_ms) {}

SQLite::Statement& Database::Connection::prepared(const char* sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) found = statements_.try_emplace(sql, database, sql).first;
    return found->second;
}

void Database::Connection::fail(const SQLite::Exception& failure) const {
    const auto what = "database " + database.getFilename() + ": " + failure.what();
    if (failure.getErrorCode() == SQLITE_FULL) throw StoreFull(what);
    throw StoreFailure(what);
}

// In WAL mode NORMAL commits without a sync and stays consistent; FULL syncs the log at each commit, and with
// it everything committed before. The setting can't change inside a transaction.
Database::Connection::Synchronous::Synchronous(SQLite::Database& database, Durability durability)
    : database_(durability == Durability::full ? &database : nullptr) {
    if (database_) database_->exec("PRAGMA synchronous=FULL");
}

Database::Connection::Synchronous::~Synchronous() {
    if (database_) database_->tryExec("PRAGMA synchronous=NORMAL");
}

}  // namespace calcinode::store
