// Opening, and bringing the schema up to date.

#include "store/connection.hpp"
#include "store/damage.hpp"
#include "store/migrations.hpp"

namespace calcinode::store {
namespace {

// "Calc" in the file's header tells our databases from any other SQLite file.
constexpr int application_id = 0x43616c63;

int pragma(SQLite::Database& database, const char* sql) {
    return database.execAndGet(sql).getInt();
}

Result<> check_owner(SQLite::Database& database, const std::filesystem::path& file) {
    const int tables = pragma(database, "SELECT count(*) FROM sqlite_master");
    const int id = pragma(database, "PRAGMA application_id");
    if (tables > 0 && id != application_id) return fail(file.string() + " is a database of another program");
    return {};
}

Result<> migrate(SQLite::Database& database, const std::filesystem::path& file) {
    const int newest = static_cast<int>(migrations().size());
    const int version = pragma(database, "PRAGMA user_version");
    if (version > newest)
        return fail(file.string() + " has schema " + std::to_string(version) +
                    ", made by a newer version of this program, which knows schemas up to " +
                    std::to_string(newest));
    if (version == newest) return {};
    // All or nothing: a new one that is half made would not know that it has to be filled from the files.
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::EXCLUSIVE);
    for (int next = version + 1; next <= newest; ++next)
        database.exec(migrations()[static_cast<std::size_t>(next - 1)]);
    database.exec("PRAGMA user_version = " + std::to_string(newest));
    database.exec("PRAGMA application_id = " + std::to_string(application_id));
    if (version == 0) database.exec("INSERT INTO unread_files DEFAULT VALUES");
    transaction.commit();
    return {};
}

// Puts a damaged database out of the way.
Result<std::optional<Database::SetAside>> clear_way(const std::filesystem::path& file) {
    const auto damage = damage_of(file);
    if (!damage) return std::nullopt;
    auto name = set_aside(file);
    if (!name) return std::unexpected(name.error());
    return Database::SetAside{std::move(*name), *damage};
}

}  // namespace

Result<Database> Database::open(const std::filesystem::path& file) {
    auto cleared = clear_way(file);
    if (!cleared) return std::unexpected(cleared.error());
    auto opened = open_sound(file);
    if (opened) opened->set_aside_ = std::move(*cleared);
    return opened;
}

Result<Database> Database::open_sound(const std::filesystem::path& file) {
    try {
        auto connection = std::make_unique<Connection>(file);
        auto& database = connection->database;
        if (auto ours = check_owner(database, file); !ours) return std::unexpected(ours.error());
        database.exec("PRAGMA journal_mode=WAL");
        database.exec("PRAGMA synchronous=FULL");
        database.exec("PRAGMA foreign_keys=ON");
        if (auto migrated = migrate(database, file); !migrated) return std::unexpected(migrated.error());
        database.exec("PRAGMA synchronous=NORMAL");
        return Database(std::move(connection));
    } catch (const SQLite::Exception& failure) {
        return fail("cannot open the database " + file.string() + ": " + failure.what());
    }
}

const std::optional<Database::SetAside>& Database::set_aside() const {
    return set_aside_;
}

bool Database::lacks_rows() {
    auto& c = *connection_;
    return c.read([&] { return c.query("SELECT 1 FROM unread_files").next(); });
}

void Database::rows_rebuilt() {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] { c.query("DELETE FROM unread_files").run(); });
}

Result<Database> Database::open_existing(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        return fail("no database " + file.string() + (error ? ": " + error.message() : "") +
                    "; has the daemon run with this node.data_dir?");
    try {
        auto connection = std::make_unique<Connection>(file, Connection::Missing::is_an_error);
        auto& database = connection->database;
        if (auto ours = check_owner(database, file); !ours) return std::unexpected(ours.error());
        const int version = pragma(database, "PRAGMA user_version");
        const auto newest = static_cast<int>(migrations().size());
        if (version != newest)
            return fail(file.string() + " has schema " + std::to_string(version) + " and this program " +
                        std::to_string(newest) + ": start the daemon of this program's version first");
        database.exec("PRAGMA foreign_keys=ON");
        database.exec("PRAGMA synchronous=NORMAL");
        return Database(std::move(connection));
    } catch (const SQLite::Exception& failure) {
        return fail("cannot open the database " + file.string() + ": " + failure.what() +
                    "; run this as the daemon's user or as root");
    }
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database::~Database() = default;

}  // namespace calcinode::store
