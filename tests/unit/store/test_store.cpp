#include "store/store.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::store;
using calcinode::test::TempFolder;

namespace {

Database open_in(const TempFolder& folder) {
    auto opened = Database::open(folder / "calcinode.db");
    REQUIRE(opened.has_value());
    return std::move(*opened);
}

InstanceRow instance(int number, const std::string& study = "1.2") {
    InstanceRow row;
    row.sop_instance_uid = study + ".3." + std::to_string(number);
    row.series_uid = "1.2.3";
    row.study_uid = study;
    row.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    row.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    row.modality = "CT";
    row.path = "instances/00/" + row.sop_instance_uid + ".dcm";
    row.bytes = 100;
    row.sha256 = "abc";
    row.calling_ae = "SCANNER";
    row.received = 1000 + number;
    return row;
}

NewResult result(const std::string& identity, const std::string& status = "analysed") {
    return {.study_uid = "1.2",
            .identity = identity,
            .status = status,
            .verdict = "positive",
            .reason = "",
            .folder = "1.2/" + identity,
            .objects = {{"1.9", "2.25." + std::to_string(identity.size()) + "1", "sr.dcm"},
                        {"1.9", "2.25." + std::to_string(identity.size()) + "2", "seg.dcm"}},
            .destinations = {"pacs", "archive"}};
}

// A study with one instance, queued and leased.
Job leased_job(Database& database) {
    database.add_instance(instance(1));
    REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
    const auto job = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(job);
    return *job;
}

void sql(const std::filesystem::path& file, const char* statement) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    CHECK(sqlite3_exec(handle, statement, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
}

}  // namespace

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

TEST_CASE("a database of a newer schema, of another program, or that is none is refused in words") {
    const TempFolder folder;
    { open_in(folder); }
    sql(folder / "calcinode.db", "PRAGMA user_version = 9999");
    const auto newer = Database::open(folder / "calcinode.db");
    REQUIRE_FALSE(newer.has_value());
    CHECK(newer.error().what.find("newer version") != std::string::npos);

    sql(folder / "other.db", "CREATE TABLE notes (text TEXT)");
    CHECK_FALSE(Database::open(folder / "other.db").has_value());

    std::ofstream(folder / "text.db") << std::string(10'000, 'x');
    CHECK_FALSE(Database::open(folder / "text.db").has_value());
    CHECK_FALSE(Database::open(folder / "missing" / "a.db").has_value());
}

TEST_CASE("an instance is added once; the same again and another under its UID are told apart") {
    const TempFolder folder;
    auto database = open_in(folder);
    CHECK(database.add_instance(instance(1)) == Insert::added);
    CHECK(database.add_instance(instance(1)) == Insert::same_again);
    auto other = instance(1);
    other.sha256 = "def";
    CHECK(database.add_instance(other) == Insert::differs);
    const auto study = database.find_study("1.2");
    REQUIRE(study);
    CHECK(study->instances == 1);
    CHECK(study->conflicts == 1);
    CHECK(study->state == "receiving");
    CHECK(database.find_instance("1.2.3.1")->sha256 == "abc");
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

TEST_CASE("a job is leased to one worker; an expired lease is taken over and its old holder has no say") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    CHECK_FALSE(database.lease_job(now_ms(), now_ms()));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    const auto now = now_ms();
    const auto first = database.lease_job(now, now + 100);
    REQUIRE(first);
    CHECK(first->attempts == 1);
    CHECK(database.find_study("1.2")->state == "analysing");
    CHECK_FALSE(database.lease_job(now + 50, now + 150));
    database.extend_lease(first->id, now + 200);
    CHECK_FALSE(database.lease_job(now + 150, now + 250));
    const auto second = database.lease_job(now + 300, now + 400);
    REQUIRE(second);
    CHECK(second->id == first->id);
    CHECK(second->attempts == 2);

    database.finish_job(*first, result("a"));
    CHECK(database.find_study("1.2")->state == "analysing");
    database.finish_job(*second, result("a"));
    CHECK(database.find_study("1.2")->state == "analysed");
    CHECK_FALSE(database.lease_job(now + 10'000, now + 20'000));
}

TEST_CASE("after a crash all leases are given up and the jobs run again") {
    const TempFolder folder;
    {
        auto database = open_in(folder);
        leased_job(database);
    }
    auto database = open_in(folder);
    CHECK_FALSE(database.lease_job(now_ms(), now_ms() + 1000));
    database.release_all_leases();
    CHECK(database.find_study("1.2")->state == "queued");
    CHECK(database.lease_job(now_ms(), now_ms() + 1000));
}

TEST_CASE("a result brings each object to each destination once, and the same result again nothing") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.finish_job(leased_job(database), result("a"));
    const auto study = database.find_study("1.2");
    CHECK(study->revision == 1);
    CHECK(study->verdict == "positive");
    CHECK(database.due_deliveries("pacs", now_ms(), 10).size() == 2);
    CHECK(database.due_deliveries("archive", now_ms(), 10).size() == 2);
    CHECK(database.delivery_counts("1.2").pending == 4);

    // Once more, as after a kill between the result's writing and the job's end.
    database.add_instance(instance(2));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    const auto again = database.lease_job(now_ms(), now_ms() + 1000);
    REQUIRE(again);
    database.finish_job(*again, result("a"));
    CHECK(database.find_study("1.2")->revision == 1);
    CHECK(database.find_study("1.2")->state == "analysed");
    CHECK(database.delivery_counts("1.2").pending == 4);
}

TEST_CASE("an instance that comes during the analysis leads to a new revision") {
    const TempFolder folder;
    auto database = open_in(folder);
    const auto job = leased_job(database);
    database.add_instance(instance(2));
    CHECK(database.find_study("1.2")->state == "receiving");
    CHECK_FALSE(database.queue_study("1.2", 1'000'000));  // the worker is still at it
    database.finish_job(job, result("a"));
    CHECK(database.find_study("1.2")->state == "receiving");
    CHECK(database.find_study("1.2")->revision == 1);
    REQUIRE(database.queue_study("1.2", 1'000'000));
    const auto next = database.lease_job(now_ms(), now_ms() + 1000);
    REQUIRE(next);
    CHECK(next->id != job.id);
    database.finish_job(*next, result("bb"));
    CHECK(database.find_study("1.2")->revision == 2);
    CHECK(database.find_study("1.2")->state == "analysed");
}

TEST_CASE("a study that can't be judged has a result and no objects") {
    const TempFolder folder;
    auto database = open_in(folder);
    auto none = result("a", "not_applicable");
    none.verdict = "";
    none.reason = "a localizer only";
    none.objects.clear();
    database.finish_job(leased_job(database), none);
    const auto study = database.find_study("1.2");
    CHECK(study->state == "not_applicable");
    CHECK(study->reason == "a localizer only");
    CHECK(study->revision == 1);
    CHECK(database.delivery_counts("1.2").pending == 0);
}

TEST_CASE("a failed job waits for its retry; parked, its study has failed with the reason") {
    const TempFolder folder;
    auto database = open_in(folder);
    const auto job = leased_job(database);
    const auto later = now_ms() + 5000;
    database.retry_job(job, "disk full", later);
    CHECK(database.find_study("1.2")->state == "queued");
    CHECK_FALSE(database.lease_job(later - 1, later + 1000));
    const auto again = database.lease_job(later, later + 1000);
    REQUIRE(again);
    database.park_job(*again, "disk full again");
    CHECK(database.find_study("1.2")->state == "failed");
    CHECK(database.find_study("1.2")->reason == "disk full again");
    CHECK_FALSE(database.lease_job(later + 100'000, later + 200'000));
}

TEST_CASE("a queued job waits while its study receives again, and is one with the next queueing") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    database.add_instance(instance(2));
    CHECK_FALSE(database.lease_job(now_ms(), now_ms() + 1000));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    CHECK(database.lease_job(now_ms(), now_ms() + 1000));
    CHECK_FALSE(database.lease_job(now_ms(), now_ms() + 1000));
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

TEST_CASE("what a job's end wrote is there after a kill") {
    const TempFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        auto database = Database::open(folder / "calcinode.db");
        database->add_instance(instance(1));
        database->queue_study("1.2", 1'000'000);
        database->finish_job(*database->lease_job(now_ms(), now_ms() + 1000), result("a"));
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto database = open_in(folder);
    CHECK(database.find_study("1.2")->state == "analysed");
    CHECK(database.delivery_counts("1.2").pending == 4);
}
