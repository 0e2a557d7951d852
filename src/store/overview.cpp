// What is asked by people, all of it at one instant.
#include "store/overview.hpp"

#include "store/connection.hpp"

namespace calcinode::store {
namespace {

// With more than so many of a kind the counts tell enough.
constexpr int most_rows = 1000;

#define CALCINODE_SELECT_WORK                                                                           \
    "SELECT s.study_uid, s.state, s.reason, s.verdict, "                                                \
    "(SELECT count(*) FROM instance i WHERE i.study_uid = s.study_uid), s.last_received, "              \
    "coalesce(j.state, ''), coalesce(j.attempts - j.postponed, 0), coalesce(j.not_before, 0), "         \
    "coalesce(j.last_error, '') FROM study s LEFT JOIN job j ON j.id = (SELECT max(id) FROM job WHERE " \
    "study_uid = s.study_uid) "

std::vector<StudyWork> work_in(Query query) {
    std::vector<StudyWork> rows;
    while (query.next())
        rows.push_back({query[0].getString(), query[1].getString(), query[2].getString(),
                        query[3].getString(), query[4].getInt64(), query[5].getInt64(), query[6].getString(),
                        query[7].getInt(), query[8].getInt64(), query[9].getString()});
    return rows;
}

std::vector<StateCount> state_counts_in(Query query) {
    std::vector<StateCount> rows;
    while (query.next()) rows.push_back({query[0].getString(), query[1].getInt64()});
    return rows;
}

// Of one study, or of all where `study_uid` is empty.
std::vector<DeliveryGroup> delivery_groups(Query query) {
    std::vector<DeliveryGroup> rows;
    while (query.next())
        rows.push_back({query[0].getString(), query[1].getString(), query[2].getInt64(), query[3].getInt64(),
                        query[4].getString(), query[5].getInt64()});
    return rows;
}

std::vector<ResultCount> result_counts(Query query) {
    std::vector<ResultCount> rows;
    while (query.next()) rows.push_back({query[0].getString(), query[1].getString(), query[2].getInt64()});
    return rows;
}

std::optional<UnixMillis> time_in(Query query) {
    if (!query.next() || query[0].isNull()) return std::nullopt;
    return query[0].getInt64();
}

constexpr const char* all_groups =
    "SELECT destination, shown, count(*), min(not_before), "
    "coalesce((SELECT last_error FROM delivery e WHERE e.destination = d.destination AND e.state = d.state "
    "AND (e.given_up IS NOT NULL) = (d.shown = 'given_up') AND e.last_error <> '' ORDER BY e.id DESC LIMIT "
    "1), ''), min(created) FROM delivery_of_study d GROUP BY destination, shown ORDER BY destination, shown";
constexpr const char* groups_of_study =
    "SELECT d.destination, d.shown, count(*), min(d.not_before), "
    "coalesce((SELECT last_error FROM delivery e JOIN result q ON q.id = e.result_id WHERE q.study_uid = ?1 "
    "AND e.destination = d.destination AND e.state = d.state AND (e.given_up IS NOT NULL) = (d.shown = "
    "'given_up') AND e.last_error <> '' ORDER BY e.id DESC LIMIT 1), ''), min(d.created) FROM "
    "delivery_of_study d WHERE d.study_uid = ?1 GROUP BY d.destination, d.shown ORDER BY d.destination, "
    "d.shown";

}  // namespace

Overview Database::overview() {
    auto& c = *connection_;
    return c.snapshot([&] {
        Overview all;
        all.studies = state_counts_in(c.query("SELECT state, count(*) FROM study GROUP BY state"));
        all.jobs = state_counts_in(c.query("SELECT state, count(*) FROM job GROUP BY state"));
        all.results =
            result_counts(c.query("SELECT status, verdict, count(*) FROM result GROUP BY status, verdict"));
        all.oldest_receiving =
            time_in(c.query("SELECT min(first_received) FROM study WHERE state = 'receiving'"));
        all.oldest_job = time_in(c.query("SELECT min(created) FROM job WHERE state IN ('queued', 'leased')"));
        {
            auto images = c.query("SELECT count(*), coalesce(sum(bytes), 0) FROM instance");
            images.next();
            all.instances = images[0].getInt64();
            all.instance_bytes = images[1].getInt64();
        }
        all.unfinished =
            work_in(c.query(CALCINODE_SELECT_WORK
                            "WHERE s.state IN ('receiving', 'queued', 'analysing') ORDER BY s.last_received "
                            "LIMIT ?",
                            most_rows));
        all.failed = work_in(c.query(CALCINODE_SELECT_WORK
                                     "WHERE s.state = 'failed' ORDER BY s.last_received DESC LIMIT ?",
                                     most_rows));
        all.deliveries = delivery_groups(c.query(all_groups));
        return all;
    });
}

std::optional<StudyOverview> Database::study_overview(const std::string& study_uid) {
    auto& c = *connection_;
    return c.snapshot([&]() -> std::optional<StudyOverview> {
        auto found = work_in(c.query(CALCINODE_SELECT_WORK "WHERE s.study_uid = ?", study_uid));
        if (found.empty()) return std::nullopt;
        return StudyOverview{std::move(found.front()), delivery_groups(c.query(groups_of_study, study_uid))};
    });
}

}  // namespace calcinode::store
