#include "store/damage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <array>
#include <ctime>
#include <system_error>

#include "base/fd.hpp"

namespace calcinode::store {
namespace {

namespace fs = std::filesystem;

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    return {text.data(), length};
}

fs::path with_suffix(fs::path path, const std::string& suffix) {
    path += suffix;
    return path;
}

// A name beside `file` that is still free.
fs::path name_out_of_use(const fs::path& file) {
    const auto name = with_suffix(file, ".damaged-" + utc_now());
    std::error_code ignored;
    auto free = name;
    for (int again = 2; fs::exists(free, ignored); ++again)
        free = with_suffix(name, "." + std::to_string(again));
    return free;
}

}  // namespace

std::optional<std::string> damage_of(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) return std::nullopt;
    try {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
        const std::string found = database.execAndGet("PRAGMA quick_check(1)").getString();
        if (found != "ok") return found;
    } catch (const SQLite::Exception& failure) {
        if (failure.getErrorCode() == SQLITE_CORRUPT || failure.getErrorCode() == SQLITE_NOTADB)
            return failure.what();
    }
    return std::nullopt;
}

Result<fs::path> set_aside(const fs::path& file) {
    const auto name = name_out_of_use(file);
    // The log first: without its database it is nothing, the database would take another's log for its own.
    for (const std::string part : {"-wal", "-shm", ""}) {
        const auto from = with_suffix(file, part);
        std::error_code error;
        if (!fs::exists(from, error)) continue;
        fs::rename(from, with_suffix(name, part), error);
        if (error) return fail("cannot rename " + from.string() + ": " + error.message());
    }
    if (auto synced = sync_folder(file.parent_path()); !synced) return std::unexpected(synced.error());
    return name;
}

}  // namespace calcinode::store
