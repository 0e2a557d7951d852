#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/analysis_job.hpp"
#include "app/result_folder.hpp"
#include "base/fd.hpp"
#include "support/sql.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace {

namespace fs = std::filesystem;

// A study that is queued, with a judge that the test gives.
struct Fixture {
    test::TempFolder folder;
    store::Database database = store::Database::open(folder / "test.db").value();
    spool::Spool spool = spool::Spool::open(folder / "spool", database, 0).value();
    fs::path results = folder / "results";
    config::Config config;

    Fixture() {
        fs::create_directory(results);
        config.destinations = {{.name = "PACS", .host = "localhost", .ae_title = "PACS", .port = 104}};
        add("1.2.1", "x");
        queue();
    }

    void add(const std::string& uid, const std::string& path) {
        REQUIRE(write_file_atomically(folder / "spool" / path, "pixels"));
        database.add_instance({uid, "1.2.0", "1.2", "ct", "ts", "CT", path, 1, "hash", "AE", now_ms()});
    }

    void queue() { REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received)); }
    AnalysisJobs jobs(AnalysisJobs::Judge judge) {
        return AnalysisJobs(database, spool, results, config, std::move(judge));
    }
    store::StudyRow study() { return *database.find_study("1.2"); }
    int folders() const {
        int count = 0;
        for (const auto& entry : fs::recursive_directory_iterator(results)) count += entry.is_directory();
        return count - 1;  // the study's own
    }
};

Result<JudgedStudy> positive(const std::string& study_uid, const std::vector<fs::path>&, const JudgeOptions&,
                             const fs::path& folder) {
    JudgedStudy judged;
    judged.outcome.study_uid = study_uid;
    judged.outcome.status = report::Status::analysed;
    judged.outcome.findings = Findings{};
    judged.outcome.findings->verdict = Verdict::positive;
    judged.identity = "what it was made of";
    REQUIRE(write_file_atomically(folder / "result.json", "{}"));
    REQUIRE(write_file_atomically(folder / "sr.dcm", "DICM"));
    judged.objects = {{report::ObjectKind::structured_report, "sr", "9.1", folder / "sr.dcm"}};
    return judged;
}

}  // namespace

TEST_CASE("a judged study has its result in place and its objects in the outbox") {
    Fixture f;
    auto jobs = f.jobs(positive);
    CHECK(jobs.do_next());
    CHECK_FALSE(jobs.do_next());
    CHECK(f.study().state == "analysed");
    CHECK(f.study().verdict == "positive");
    const auto due = f.database.due_deliveries("PACS", now_ms(), 10);
    REQUIRE(due.size() == 1);
    CHECK(fs::is_regular_file(f.results / due[0].path));
}

TEST_CASE("a destination that does not want reports gets none, and no other is told apart by it") {
    Fixture f;
    f.config.destinations[0].kinds = {"seg"};
    f.config.destinations.push_back({.name = "ALL", .host = "localhost", .ae_title = "ALL", .port = 104});
    auto jobs = f.jobs(positive);
    CHECK(jobs.do_next());
    CHECK(f.database.due_deliveries("PACS", now_ms(), 10).empty());
    CHECK(f.database.due_deliveries("ALL", now_ms(), 10).size() == 1);
}

TEST_CASE("a failed analysis is tried again, up to max_attempts, and leaves nothing half-written") {
    Fixture f;
    f.config.analysis.max_attempts = 1;
    auto jobs =
        f.jobs([](const auto&, const auto&, const auto&, const fs::path& folder) -> Result<JudgedStudy> {
            REQUIRE(write_file_atomically(folder / "result.json", "{}"));
            return fail("broken");
        });
    CHECK(jobs.do_next());
    CHECK(f.study().state == "failed");
    CHECK(f.study().reason == "analysis_failed: given up after 1 attempts: broken");
    CHECK(f.folders() == 0);
}

TEST_CASE("an exception of the analysis is a failed attempt, not the end of the daemon") {
    Fixture f;
    auto jobs = f.jobs([](const auto&, const auto&, const auto&, const auto&) -> Result<JudgedStudy> {
        throw std::runtime_error("broken invariant");
    });
    CHECK(jobs.do_next());
    CHECK(f.study().state == "queued");  // for the next attempt, which is not due yet
    CHECK_FALSE(jobs.do_next());
}

TEST_CASE("a study that brought the process down max_attempts times is parked without another try") {
    Fixture f;
    f.config.analysis.max_attempts = 2;
    for (int crash = 0; crash < 2; ++crash) {
        REQUIRE(f.database.lease_job(now_ms(), now_ms() + 60000));
        f.database.release_all_leases(now_ms());  // what the next start does
    }
    auto jobs = f.jobs([](const auto&, const auto&, const auto&, const auto&) -> Result<JudgedStudy> {
        FAIL("must not be judged again");
        return fail("");
    });
    CHECK(jobs.do_next());
    CHECK(f.study().state == "failed");
    CHECK(f.study().reason.starts_with("analysis_crashed: "));
}

TEST_CASE("a study whose images are gone is parked with the reason, never judged by what is left") {
    Fixture f;
    f.add("1.2.2", "y");
    f.queue();
    fs::remove(f.folder / "spool" / "x");
    auto jobs = f.jobs([](const auto&, const auto&, const auto&, const auto&) -> Result<JudgedStudy> {
        FAIL("must not be judged");
        return fail("");
    });
    CHECK(jobs.do_next());
    CHECK(f.study().state == "failed");
    CHECK(f.study().reason.starts_with("images_missing: 1 of 2 images"));
}

TEST_CASE("a failure of the storage is tried again for ever, whatever max_attempts says") {
    Fixture f;
    f.config.analysis.max_attempts = 1;
    auto jobs = f.jobs([&](const auto&, const auto&, const auto&, const auto&) -> Result<JudgedStudy> {
        fs::remove_all(f.results);  // nothing can be written there any more
        return fail("cannot write sr.dcm");
    });
    CHECK(jobs.do_next());
    CHECK(f.study().state == "queued");
    const auto again = f.database.lease_job(now_ms() + 60'000, now_ms() + 120'000);
    REQUIRE(again);
    CHECK(again->attempts() == 1);
}

TEST_CASE("an analysis that a stop does not wait for is no attempt") {
    Fixture f;
    AnalysisJobs* running = nullptr;
    auto jobs = f.jobs([&](const auto& study, const auto& files, const auto& options, const auto& folder) {
        running->abandon();
        return positive(study, files, options, folder);
    });
    running = &jobs;
    CHECK(jobs.do_next());
    CHECK(f.study().state == "queued");
    CHECK(f.study().revision == 0);
    const auto again = f.database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(again);
    CHECK(again->attempts() == 1);
}

TEST_CASE("a job's end that the database could not take is written later, without another analysis") {
    Fixture f;
    int judged = 0;
    auto jobs = f.jobs([&](const auto& study, const auto& files, const auto& options, const auto& folder) {
        ++judged;
        test::sql(f.folder / "test.db",
                  "CREATE TRIGGER full BEFORE INSERT ON result BEGIN "
                  "SELECT raise(ABORT, 'database or disk is full'); END");
        return positive(study, files, options, folder);
    });
    CHECK_THROWS_AS(jobs.do_next(), store::StoreFailure);
    CHECK_THROWS_AS(jobs.do_next(), store::StoreFailure);
    CHECK(f.study().state == "analysing");
    test::sql(f.folder / "test.db", "DROP TRIGGER full");
    CHECK(jobs.do_next());
    CHECK(f.study().state == "analysed");
    CHECK(judged == 1);
}

TEST_CASE("the same result again is kept once") {
    Fixture f;
    auto jobs = f.jobs(positive);
    CHECK(jobs.do_next());
    f.add("1.2.2", "y");
    f.queue();
    CHECK(jobs.do_next());
    CHECK(f.folders() == 1);
    CHECK(f.study().revision == 1);
    CHECK(f.database.delivery_counts("1.2").pending == 1);
}

TEST_CASE("a result that holds again is a new revision, since receivers were told of what replaced it") {
    Fixture f;
    std::string made_of;
    std::vector<int> revisions;
    auto jobs = f.jobs([&](const std::string& study_uid, const std::vector<fs::path>& files,
                           const JudgeOptions& options, const fs::path& folder) {
        auto judged = positive(study_uid, files, options, folder);
        judged->identity = made_of;
        revisions.push_back(options.revision_of(made_of));
        return judged;
    });
    for (const char* each : {"one", "one", "another", "one", "one", "another", "another", "one"}) {
        made_of = each;
        if (!revisions.empty()) {
            const auto number = std::to_string(revisions.size());
            f.add("1.2.9." + number, number);
            f.queue();
        }
        REQUIRE(jobs.do_next());
        CHECK(f.study().revision == revisions.back());
    }
    CHECK(revisions == std::vector{1, 1, 2, 3, 3, 4, 4, 5});
    CHECK(f.folders() == 5);
}

TEST_CASE("what a crash left unfinished is swept away, results stay") {
    Fixture f;
    auto jobs = f.jobs(positive);
    CHECK(jobs.do_next());
    fs::create_directories(f.results / "study" / ".making-result");
    CHECK(ResultFolder::sweep(f.results) == 1);
    CHECK(ResultFolder::sweep(f.results) == 0);
    CHECK(fs::is_regular_file(f.results / f.database.due_deliveries("PACS", now_ms(), 1)[0].path));
}
