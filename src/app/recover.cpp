#include "app/recover.hpp"

#include <spdlog/spdlog.h>

#include "app/result_folder.hpp"
#include "base/time.hpp"

namespace calcinode::app {
namespace {

void rebuild(store::Database& database, const spool::Spool::Sweep& swept,
             const std::filesystem::path& results, const Receivers& receivers) {
    const int results_known_again = take_in_results(database, results, receivers);
    database.rows_rebuilt();
    if (swept.taken_in == 0 && results_known_again == 0) return;  // a new installation
    spdlog::error(
        "the database was rebuilt from the files: {} images, {} results. Who was urgent and what had been "
        "delivered is not known any more: all results are sent again under their UIDs, which is nothing new "
        "to "
        "a PACS that has them",
        swept.taken_in, results_known_again);
}

}  // namespace

void recover(store::Database& database, spool::Spool& spool, const std::filesystem::path& results,
             const Receivers& receivers) {
    if (const auto& aside = database.set_aside())
        spdlog::error(
            "the DATABASE WAS DAMAGED ({}) and is set aside as {}; a new one is made from the files",
            aside->damage, aside->file.string());
    database.release_all_leases(now_ms());
    if (database.was_later_than(now_ms())) {
        spdlog::warn("images were received later than it is now: the clock was wrong then, or is now");
        database.nothing_later_than(now_ms());
    }
    const auto swept = spool.sweep();
    const int unfinished = ResultFolder::sweep(results);
    if (swept.removed || swept.taken_in || swept.missing || unfinished)
        spdlog::warn(
            "after an unclean stop: {} half-received files removed, {} files indexed again, {} files "
            "missing, {} unfinished results removed",
            swept.removed, swept.taken_in, swept.missing, unfinished);
    if (database.lacks_rows()) rebuild(database, swept, results, receivers);
}

}  // namespace calcinode::app
