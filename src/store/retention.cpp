// What may be removed from the disk, and how its rows follow.
#include "store/connection.hpp"

namespace calcinode::store {
namespace {

// Of a result r: not everything has arrived where it goes, and is committed where that is asked for, or was
// given up.
#define CALCINODE_UNDELIVERED                                                               \
    "EXISTS (SELECT 1 FROM delivery d WHERE d.result_id = r.id AND d.given_up IS NULL AND " \
    "d.state NOT IN ('sent', 'committed'))"

// Of a study s, its images: it was judged, or where ?1 says so failed, and all that came of it was delivered.
#define CALCINODE_STUDY_IS_FINISHED                                                                 \
    "s.bytes > 0 AND CASE WHEN ?1 THEN s.state = 'failed' ELSE s.state IN ('analysed', "            \
    "'not_applicable') END AND "                                                                    \
    "NOT EXISTS (SELECT 1 FROM result r WHERE r.study_uid = s.study_uid AND " CALCINODE_UNDELIVERED \
    ") "                                                                                            \
    "AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.study_uid = s.study_uid AND i.removing = 1) "

}  // namespace

std::int64_t Database::image_bytes() {
    auto& c = *connection_;
    return c.read([&] {
        auto query = c.query("SELECT coalesce(sum(bytes), 0) FROM study WHERE bytes > 0");
        query.next();
        return query[0].getInt64();
    });
}

std::optional<FinishedStudy> Database::oldest_finished_study(Finished how, UnixMillis received_before) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<FinishedStudy> {
        auto query =
            c.query("SELECT study_uid, bytes, last_received FROM study s WHERE " CALCINODE_STUDY_IS_FINISHED
                    "AND s.last_received < ?2 ORDER BY s.last_received LIMIT 1",
                    how == Finished::failed ? 1 : 0, received_before);
        if (!query.next()) return std::nullopt;
        return FinishedStudy{query[0].getString(), query[1].getInt64(), query[2].getInt64()};
    });
}

bool Database::begin_removal(const std::string& study_uid, Finished how) {
    auto& c = *connection_;
    return c.transaction(Durability::full, [&] {
        {
            auto finished =
                c.query("SELECT 1 FROM study s WHERE " CALCINODE_STUDY_IS_FINISHED "AND s.study_uid = ?2",
                        how == Finished::failed ? 1 : 0, study_uid);
            if (!finished.next()) return false;
        }
        c.query("UPDATE instance SET removing = 1 WHERE study_uid = ?", study_uid).run();
        return true;
    });
}

std::vector<std::string> Database::studies_being_removed() {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<std::string> studies;
        auto query = c.query("SELECT DISTINCT study_uid FROM instance WHERE removing = 1");
        while (query.next()) studies.push_back(query[0].getString());
        return studies;
    });
}

std::vector<std::string> Database::paths_being_removed(const std::string& study_uid) {
    auto& c = *connection_;
    return c.read([&] {
        std::vector<std::string> paths;
        auto query = c.query("SELECT path FROM instance WHERE study_uid = ? AND removing = 1", study_uid);
        while (query.next()) paths.push_back(query[0].getString());
        return paths;
    });
}

bool Database::is_being_removed(const std::string& study_uid, const std::string& path) {
    auto& c = *connection_;
    return c.read([&] {
        return c
            .query("SELECT 1 FROM instance WHERE study_uid = ? AND removing = 1 AND path = ?", study_uid,
                   path)
            .next();
    });
}

void Database::end_removal(const std::string& study_uid, UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full, [&] {
        const int removed =
            c.query("DELETE FROM instance WHERE study_uid = ? AND removing = 1", study_uid).run();
        c.query(
             "UPDATE study SET images_removed = ?2, removed_instances = CASE WHEN forgotten IS NULL THEN "
             "max(removed_instances, ?3) ELSE 0 END, forgotten = NULL, bytes = "
             "(SELECT coalesce(sum(bytes), 0) FROM instance i WHERE i.study_uid = ?1) WHERE study_uid = ?1",
             study_uid, now, removed)
            .run();
    });
}

std::optional<FinishedResult> Database::oldest_finished_result(UnixMillis created_before) {
    auto& c = *connection_;
    return c.read([&]() -> std::optional<FinishedResult> {
        // Where nothing was ever to be delivered, the files are all there is of an analysis.
        auto query = c.query(
            "SELECT r.id, r.study_uid, r.folder FROM result r WHERE r.removed IS NULL AND r.created < ? AND "
            "(r.status <> 'analysed' OR EXISTS (SELECT 1 FROM delivery d WHERE d.result_id = r.id)) AND "
            "NOT " CALCINODE_UNDELIVERED " ORDER BY r.created LIMIT 1",
            created_before);
        if (!query.next()) return std::nullopt;
        return FinishedResult{query[0].getInt64(), query[1].getString(), query[2].getString()};
    });
}

void Database::result_removed(std::int64_t result_id, UnixMillis now) {
    auto& c = *connection_;
    c.transaction(Durability::full,
                  [&] { c.query("UPDATE result SET removed = ? WHERE id = ?", now, result_id).run(); });
}

}  // namespace calcinode::store
