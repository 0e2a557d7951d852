// All that happened to a study.
#include "store/rows.hpp"

using namespace calcinode;
using namespace calcinode::store;

TEST_CASE("a study's history has the times of each step") {
    test::TempFolder folder;
    auto database = open_in(folder);
    const auto before = now_ms();
    const auto job = leased_job(database);
    {
        const auto begun = database.study_history("1.2").value();
        REQUIRE(begun.jobs.size() == 1);
        CHECK(begun.jobs[0].state == "leased");
        CHECK(begun.jobs[0].created >= before);
        CHECK(begun.jobs[0].began.value() >= begun.jobs[0].created);
        CHECK_FALSE(begun.jobs[0].ended);
    }
    database.finish_job(job, result("a"));
    const auto due = database.due_deliveries("pacs", now_ms(), 1).at(0);
    database.delivery_sent(due.id, now_ms());
    const auto history = database.study_history("1.2").value();
    CHECK(history.jobs[0].ended.value() >= history.jobs[0].began.value());
    REQUIRE(history.results.size() == 1);
    CHECK(history.results[0].folder == "1.2/a");
    REQUIRE(history.deliveries.size() == 4);
    CHECK(history.study.delivered == 1);
    CHECK(history.study.waiting == 3);
    CHECK_FALSE(database.study_history("1.9"));
}

TEST_CASE("a failed analysis ends, too") {
    test::TempFolder folder;
    auto database = open_in(folder);
    database.park_job(leased_job(database), "broken");
    const auto history = database.study_history("1.2").value();
    CHECK(history.jobs[0].ended);
    CHECK(history.jobs[0].last_error == "broken");
    CHECK(database.overview().oldest_job == std::nullopt);
}

TEST_CASE("the overview tells how old what waits is") {
    test::TempFolder folder;
    auto database = open_in(folder);
    CHECK_FALSE(database.overview().oldest_receiving);
    database.add_instance(instance(1, "1.8"));
    CHECK(database.overview().oldest_receiving == 1001);
    const auto job = leased_job(database);
    CHECK(database.overview().oldest_job.value() <= now_ms());
    database.finish_job(job, result("a"));
    const auto all = database.overview();
    REQUIRE(all.results.size() == 1);
    CHECK(all.results[0].verdict == "positive");
    CHECK(all.results[0].count == 1);
    CHECK(all.deliveries.at(0).oldest > 0);
}
