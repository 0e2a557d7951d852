#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "store/rows.hpp"
#include "store/store.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::store;
using calcinode::test::TempFolder;

TEST_CASE("a job is leased to one worker; an expired lease is taken over and its old holder has no say") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    CHECK_FALSE(database.lease_job(now_ms(), now_ms()));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    const auto now = now_ms();
    const auto first = database.lease_job(now, now + 100);
    REQUIRE(first);
    CHECK(first->attempts() == 1);
    CHECK(database.find_study("1.2")->state == "analysing");
    CHECK_FALSE(database.lease_job(now + 50, now + 150));
    database.extend_lease(first->id, now + 200);
    CHECK_FALSE(database.lease_job(now + 150, now + 250));
    const auto second = database.lease_job(now + 300, now + 400);
    REQUIRE(second);
    CHECK(second->id == first->id);
    CHECK(second->attempts() == 2);

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
    database.release_all_leases(now_ms());
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

TEST_CASE("a study that was forgotten and comes again as it was has its results sent after all") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.finish_job(leased_job(database), result("a"));
    REQUIRE(database.forget("1.2", now_ms()) == Forgetting::done);
    CHECK(database.due_deliveries("pacs", now_ms(), 10).empty());
    for (const auto& kept : database.results_with_files("1.2")) database.result_removed(kept.id, now_ms());
    CHECK(database.results_with_files("1.2").empty());
    CHECK(database.resend({}, now_ms()) == 0);  // nobody sends them by accident
    database.end_removal("1.2", now_ms());
    CHECK_FALSE(database.is_forgotten("1.2"));

    database.add_instance(instance(1));
    REQUIRE(database.queue_study("1.2", now_ms() + 1'000'000));
    const auto again = database.lease_job(now_ms(), now_ms() + 1000);
    REQUIRE(again);
    CHECK(database.finish_job(*again, result("a")));
    CHECK(database.due_deliveries("pacs", now_ms(), 10).size() == 2);
}

TEST_CASE("a result whose files had been removed and were made again is as old as that") {
    const TempFolder folder;
    auto database = open_in(folder);
    auto unsent = result("a");
    unsent.status = "not_applicable";
    unsent.destinations.clear();
    database.finish_job(leased_job(database), unsent);
    for (const auto& kept : database.results_with_files("1.2")) database.result_removed(kept.id, now_ms());
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto after_removal = now_ms();
    const auto make_again = [&](int number) {
        database.add_instance(instance(number));
        REQUIRE(database.queue_study("1.2", 1'000'000));
        const auto again = database.lease_job(now_ms(), now_ms() + 1000);
        REQUIRE(again);
        database.finish_job(*again, unsent);
    };
    make_again(2);
    CHECK(database.results_with_files("1.2").size() == 1);
    CHECK_FALSE(database.oldest_finished_result(after_removal));  // else it would go again at once
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto later = now_ms();
    CHECK(database.oldest_finished_result(later));
    make_again(3);  // whose files are there: nothing is made
    CHECK(database.oldest_finished_result(later));
}

TEST_CASE("to forget a study can be said again where its images have gone and its results have not") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.finish_job(leased_job(database), result("a"));
    REQUIRE(database.forget("1.2", now_ms()) == Forgetting::done);
    database.end_removal("1.2", now_ms());  // and the command was killed before it removed the results
    CHECK(database.forget("1.2", now_ms()) == Forgetting::done);
    for (const auto& kept : database.results_with_files("1.2")) database.result_removed(kept.id, now_ms());
    CHECK(database.forget("1.2", now_ms()) == Forgetting::no_images);
    CHECK_FALSE(database.is_forgotten("1.2"));
}

TEST_CASE("after the clock was set back no destination waits for the time that it had named") {
    const TempFolder folder;
    auto database = open_in(folder);
    auto row = database.destination("pacs");
    row.not_before = now_ms() + 5 * 3600 * 1000;
    database.set_destination(row);
    database.nothing_later_than(now_ms());
    CHECK(database.destination("pacs").not_before <= now_ms());
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

TEST_CASE("urgent studies come first, then those that were queued first") {
    const TempFolder folder;
    auto database = open_in(folder);
    for (const auto* study : {"1.2", "1.4", "1.6", "1.8"}) {
        database.add_instance(instance(1, study));
        REQUIRE(database.queue_study(study, 1'000'000));
    }
    auto urgent = instance(2, "1.6");
    urgent.urgent = true;
    database.add_instance(urgent);
    REQUIRE(database.queue_study("1.6", 1'000'000));
    auto sent_again = instance(1, "1.8");
    sent_again.urgent = true;
    CHECK(database.add_instance(sent_again) == Insert::same_again);
    CHECK(database.find_study("1.8")->urgent);
    CHECK_FALSE(database.find_study("1.2")->urgent);
    std::vector<std::string> order;
    while (const auto job = database.lease_job(now_ms(), now_ms() + 60'000)) order.push_back(job->study_uid);
    std::ranges::sort(order.begin(), order.begin() + 2);
    CHECK(order == std::vector<std::string>{"1.6", "1.8", "1.2", "1.4"});
}

TEST_CASE("a study that brought the process down goes behind the others, and its attempts add up") {
    const TempFolder folder;
    auto database = open_in(folder);
    leased_job(database);
    database.add_instance(instance(1, "1.4"));
    REQUIRE(database.queue_study("1.4", 1'000'000));
    database.release_all_leases(now_ms() + 1000);  // the next start, later than the queueing
    const auto other = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(other);
    CHECK(other->study_uid == "1.4");
    const auto poison = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(poison);
    CHECK(poison->study_uid == "1.2");
    CHECK(poison->attempts() == 2);
}

TEST_CASE("a postponed attempt does not count, and an older lease of the job stays without a say") {
    const TempFolder folder;
    auto database = open_in(folder);
    const auto first = leased_job(database);
    database.postpone_job(first, "disk full", now_ms());
    CHECK(database.find_study("1.2")->state == "queued");
    const auto second = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(second);
    CHECK(second->attempts() == 1);
    CHECK(second->postponed == 1);
    database.park_job(first, "too late");
    database.postpone_job(first, "too late", now_ms());
    CHECK(database.find_study("1.2")->state == "analysing");
    database.retry_job(*second, "broken", now_ms());
    CHECK(database.lease_job(now_ms(), now_ms() + 60'000)->attempts() == 2);
}

TEST_CASE("a study with new instances starts with all its attempts") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.retry_job(leased_job(database), "broken", now_ms() + 1'000'000);
    database.add_instance(instance(2));
    REQUIRE(database.queue_study("1.2", 1'000'000));
    const auto job = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(job);
    CHECK(job->attempts() == 1);
}
