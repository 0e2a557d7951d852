#include "store/history.hpp"

#include <filesystem>

#include "store/connection.hpp"

namespace calcinode::store {
namespace {

// More jobs, results or deliveries of one study than this are no use to a reader.
constexpr int most_events = 200;

#define CALCINODE_SELECT_LISTED                                                                             \
    "SELECT s.study_uid, s.state, s.reason, s.verdict, (SELECT count(*) FROM instance i WHERE i.study_uid " \
    "= "                                                                                                    \
    "s.study_uid), s.last_received, coalesce(j.state, ''), coalesce(j.attempts - j.postponed, 0), "         \
    "coalesce(j.not_before, 0), coalesce(j.last_error, ''), s.first_received, s.priority, "                 \
    "(SELECT count(*) FROM delivery_of_study d WHERE d.study_uid = s.study_uid AND d.state IN ('pending', " \
    "'uncommitted')), "                                                                                     \
    "(SELECT count(*) FROM delivery_of_study d WHERE d.study_uid = s.study_uid AND d.state IN ('sent', "    \
    "'committed')), "                                                                                       \
    "(SELECT count(*) FROM delivery_of_study d WHERE d.study_uid = s.study_uid AND d.shown = 'parked') "    \
    "FROM study s LEFT JOIN job j ON j.id = (SELECT max(id) FROM job WHERE study_uid = s.study_uid) "

std::vector<ListedStudy> listed_in(Query query) {
    std::vector<ListedStudy> rows;
    while (query.next())
        rows.push_back({{query[0].getString(), query[1].getString(), query[2].getString(),
                         query[3].getString(), query[4].getInt64(), query[5].getInt64(), query[6].getString(),
                         query[7].getInt(), query[8].getInt64(), query[9].getString()},
                        query[10].getInt64(),
                        query[11].getInt() > 0,
                        query[12].getInt64(),
                        query[13].getInt64(),
                        query[14].getInt64()});
    return rows;
}

std::optional<UnixMillis> time_in(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return column.getInt64();
}

std::vector<StudyJob> jobs_in(Query query) {
    std::vector<StudyJob> rows;
    while (query.next())
        rows.push_back({query[0].getString(), query[1].getString(), query[2].getInt(), query[3].getInt64(),
                        time_in(query[4]), time_in(query[5])});
    return rows;
}

std::vector<StudyResult> results_in(Query query) {
    std::vector<StudyResult> rows;
    while (query.next())
        rows.push_back({query[0].getInt(), query[1].getString(), query[2].getString(), query[3].getString(),
                        query[4].getString(), query[5].getInt64(), time_in(query[6])});
    return rows;
}

std::vector<StudyDelivery> study_deliveries_in(Query query) {
    std::vector<StudyDelivery> rows;
    while (query.next())
        rows.push_back({query[0].getInt64(), query[1].getInt(), query[2].getString(), query[3].getString(),
                        query[4].getString(), std::filesystem::path(query[5].getString()).filename().string(),
                        query[6].getString(), query[7].getString(), query[8].getInt(), query[9].getInt64(),
                        time_in(query[10]), time_in(query[11]), time_in(query[12])});
    return rows;
}

}  // namespace

std::vector<ListedStudy> Database::list_studies(const StudyFilter& filter) {
    auto& c = *connection_;
    const auto place = filter.after.value_or(StudyPlace{});
    return c.snapshot([&] {
        return listed_in(
            c.query(CALCINODE_SELECT_LISTED
                    "WHERE (?1 = 0 OR (s.last_received, s.study_uid) < (?2, ?3)) AND ?4 IN ('', s.state) AND "
                    "?5 IN ('', s.verdict) AND (?6 = '' OR instr(s.study_uid, ?6) > 0 OR "
                    "instr(lower(s.reason), lower(?6)) > 0) "
                    "ORDER BY s.last_received DESC, s.study_uid DESC LIMIT ?7",
                    filter.after ? 1 : 0, place.last_received, place.study_uid, filter.state, filter.verdict,
                    filter.text, filter.limit));
    });
}

std::optional<StudyHistory> Database::study_history(const std::string& study_uid) {
    auto& c = *connection_;
    return c.snapshot([&]() -> std::optional<StudyHistory> {
        auto found = listed_in(c.query(CALCINODE_SELECT_LISTED "WHERE s.study_uid = ?", study_uid));
        if (found.empty()) return std::nullopt;
        StudyHistory history;
        history.study = std::move(found.front());
        {
            auto more = c.query(
                "SELECT (SELECT coalesce(sum(conflicts), 0) FROM instance i WHERE i.study_uid = "
                "s.study_uid), "
                "gap_since, images_removed FROM study s WHERE study_uid = ?",
                study_uid);
            more.next();
            history.conflicts = more[0].getInt64();
            history.gap_since = time_in(more[1]);
            history.images_removed = time_in(more[2]);
        }
        history.jobs = jobs_in(c.query(
            "SELECT * FROM (SELECT state, last_error, attempts - postponed, created, began, ended, id FROM "
            "job WHERE study_uid = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
            study_uid, most_events));
        history.results = results_in(
            c.query("SELECT * FROM (SELECT revision, status, verdict, reason, folder, created, removed FROM "
                    "result WHERE study_uid = ? ORDER BY revision DESC LIMIT ?) ORDER BY revision",
                    study_uid, most_events));
        history.deliveries = study_deliveries_in(c.query(
            "SELECT * FROM (SELECT d.id, r.revision, d.destination, d.sop_class_uid, d.sop_instance_uid, "
            "d.path, CASE WHEN d.given_up IS NULL THEN d.state ELSE 'given_up' END, d.last_error, "
            "d.attempts, "
            "d.not_before, d.sent, d.committed, d.given_up FROM delivery d JOIN result r ON r.id = "
            "d.result_id "
            "WHERE r.study_uid = ? ORDER BY d.id DESC LIMIT ?) ORDER BY id",
            study_uid, most_events));
        return history;
    });
}

std::int64_t Database::data_version() {
    auto& c = *connection_;
    return c.read([&] {
        auto query = c.query("PRAGMA data_version");
        query.next();
        return query[0].getInt64();
    });
}

}  // namespace calcinode::store
