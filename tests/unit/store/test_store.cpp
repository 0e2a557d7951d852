#include "store/store.hpp"

#include <doctest/doctest.h>

#include "store/rows.hpp"
#include "support/sql.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::store;
using calcinode::test::sql;
using calcinode::test::TempFolder;

TEST_CASE("a database opens again with what it held") {
    const TempFolder folder;
    open_in(folder).add_instance(instance(1));
    auto database = open_in(folder);
    const auto row = database.find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(row->path == instance(1).path);
    CHECK(row->received == 1001);
    CHECK(database.instances_of("1.2").size() == 1);
    CHECK(database.instance_paths() == std::vector{instance(1).path});
}

TEST_CASE("a database of a newer schema or of another program is refused in words") {
    const TempFolder folder;
    { open_in(folder); }
    sql(folder / "calcinode.db", "PRAGMA user_version = 9999");
    const auto newer = Database::open(folder / "calcinode.db");
    REQUIRE_FALSE(newer.has_value());
    CHECK(newer.error().what.find("newer version") != std::string::npos);

    sql(folder / "other.db", "CREATE TABLE notes (text TEXT)");
    CHECK_FALSE(Database::open(folder / "other.db").has_value());

    CHECK_FALSE(Database::open(folder / "missing" / "a.db").has_value());
}

TEST_CASE("an instance is added once; the same again and another under its UID are told apart") {
    const TempFolder folder;
    auto database = open_in(folder);
    CHECK(database.add_instance(instance(1)) == Insert::added);
    CHECK(database.add_instance(instance(1)) == Insert::same_again);
    auto other = instance(1);
    other.checksum = "def";
    CHECK(database.add_instance(other) == Insert::differs);
    const auto study = database.find_study("1.2");
    REQUIRE(study);
    CHECK(study->instances == 1);
    CHECK(study->conflicts == 1);
    CHECK(study->state == "receiving");
    CHECK(database.find_instance("1.2.3.1")->checksum == "abc");
}

TEST_CASE("two studies that share a series UID stay apart") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1, "1.2"));
    database.add_instance(instance(1, "1.4"));
    CHECK(database.instances_of("1.2").size() == 1);
    CHECK(database.instances_of("1.4").size() == 1);
}

TEST_CASE(
    "a study is quiet after its last instance, and is queued only if none came since it was looked at") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    CHECK(database.quiet_studies(1001).empty());
    const auto quiet = database.quiet_studies(1002);
    REQUIRE(quiet.size() == 1);
    database.set_gap_since("1.2", 5);
    CHECK(database.find_study("1.2")->gap_since == 5);

    auto same_millisecond = instance(2);
    same_millisecond.received = 1001;
    database.add_instance(same_millisecond);
    CHECK_FALSE(database.find_study("1.2")->gap_since);
    CHECK_FALSE(database.queue_study("1.2", quiet[0].last_received));
    CHECK(database.queue_study("1.2", database.find_study("1.2")->last_received));
    CHECK(database.find_study("1.2")->state == "queued");
    CHECK_FALSE(database.queue_study("1.2", 1'000'000));  // it is queued already
}

TEST_CASE("a delivery is sent, tried again later, or parked") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.finish_job(leased_job(database), result("a"));
    const auto due = database.due_deliveries("pacs", now_ms(), 10);
    REQUIRE(due.size() == 2);
    CHECK(due[0].study_uid == "1.2");
    CHECK(due[0].created > 0);
    database.delivery_sent(due[0].id, now_ms());
    const auto later = now_ms() + 10'000;
    database.delivery_failed(due[1].id, "no answer", later);
    CHECK(database.due_deliveries("pacs", later - 1, 10).empty());
    const auto again = database.due_deliveries("pacs", later, 10);
    REQUIRE(again.size() == 1);
    CHECK(again[0].attempts == 1);
    database.delivery_parked(again[0].id, "refused for good");
    const auto counts = database.delivery_counts("1.2");
    CHECK(counts.sent == 1);
    CHECK(counts.parked == 1);
    CHECK(counts.pending == 2);
}
