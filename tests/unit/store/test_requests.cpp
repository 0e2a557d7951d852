// What an administrator sees of the work, and asks to be done once more.
#include <sqlite3.h>

#include "store/rows.hpp"

using namespace calcinode;
using namespace calcinode::store;

namespace {

struct Judged {
    test::TempFolder folder;
    Database database = open_in(folder);

    Judged() { database.finish_job(leased_job(database), result("a")); }
    std::string state() { return database.find_study("1.2")->state; }
    // How many deliveries to `destination` are in `state`.
    std::int64_t deliveries(const std::string& destination, const std::string& in) {
        for (const auto& group : database.overview().deliveries)
            if (group.destination == destination && group.state == in) return group.count;
        return 0;
    }
    void end_deliveries() {
        const auto due = database.due_deliveries("pacs", now_ms(), 10);
        REQUIRE(due.size() == 2);
        database.delivery_sent(due[0].id, now_ms());
        database.delivery_parked(due[1].id, "it refused the object");
    }
};

}  // namespace

TEST_CASE("an overview counts what is in which state, and names what is unfinished") {
    Judged f;
    f.database.add_instance(instance(1, "1.5"));
    const auto all = f.database.overview();
    REQUIRE(all.studies.size() == 2);
    CHECK(all.studies[0].state == "analysed");
    CHECK(all.studies[1].state == "receiving");
    CHECK(all.instances == 2);
    CHECK(all.instance_bytes == 200);
    REQUIRE(all.unfinished.size() == 1);
    CHECK(all.unfinished[0].study_uid == "1.5");
    CHECK(all.unfinished[0].job_state == "");
    CHECK(all.failed.empty());
    CHECK(f.deliveries("pacs", "pending") == 2);
    CHECK(f.deliveries("archive", "pending") == 2);
}

TEST_CASE("a study's overview holds its own deliveries and the newest error of each kind") {
    Judged f;
    f.end_deliveries();
    const auto found = f.database.study_overview("1.2");
    REQUIRE(found);
    CHECK(found->study.state == "analysed");
    CHECK(found->study.job_state == "done");
    REQUIRE(found->deliveries.size() == 3);  // archive pending, pacs parked, pacs sent
    CHECK(found->deliveries[1].state == "parked");
    CHECK(found->deliveries[1].last_error == "it refused the object");
    CHECK(!f.database.study_overview("1.9"));
}

TEST_CASE("what ended is sent again: only what was parked, or all, of one destination, of one study") {
    Judged f;
    f.end_deliveries();
    CHECK(f.database.resend({.study_uid = "1.9", .destination = "", .only_parked = false}, now_ms()) == 0);
    CHECK(f.database.resend({.study_uid = "", .destination = "archive", .only_parked = false}, now_ms()) ==
          0);
    CHECK(f.database.resend({.study_uid = "1.2", .destination = "pacs", .only_parked = true}, now_ms()) == 1);
    CHECK(f.deliveries("pacs", "sent") == 1);
    CHECK(f.database.resend({.study_uid = "", .destination = "", .only_parked = false}, now_ms()) == 1);
    CHECK(f.deliveries("pacs", "pending") == 2);
}

TEST_CASE("a judged study is analysed again once, and its result stays one") {
    Judged f;
    CHECK(f.database.reanalyze("1.2", now_ms()) == Reanalysis::queued);
    CHECK(f.state() == "queued");
    CHECK(f.database.reanalyze("1.2", now_ms()) == Reanalysis::waits_already);
    const auto job = f.database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(job);
    CHECK(job->attempts() == 1);
    CHECK(f.database.reanalyze("1.2", now_ms()) == Reanalysis::waits_already);
    f.database.finish_job(*job, result("a"));
    CHECK(f.state() == "analysed");
    CHECK(f.database.find_study("1.2")->revision == 1);
    CHECK(f.deliveries("pacs", "pending") == 2);
}

TEST_CASE("a study that is unknown, or still arrives, is not analysed again") {
    Judged f;
    CHECK(f.database.reanalyze("1.9", now_ms()) == Reanalysis::unknown_study);
    f.database.add_instance(instance(2));
    CHECK(f.database.reanalyze("1.2", now_ms()) == Reanalysis::still_receiving);
}

TEST_CASE("a database beside a daemon is opened as it is, or not at all") {
    const test::TempFolder folder;
    const auto file = folder / "calcinode.db";
    CHECK(!Database::open_existing(file));
    CHECK(!std::filesystem::exists(file));

    auto daemons = open_in(folder);
    auto ours = Database::open_existing(file);
    REQUIRE(ours);
    daemons.add_instance(instance(1));
    CHECK(ours->overview().instances == 1);

    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    CHECK(sqlite3_exec(handle, "PRAGMA user_version = 1", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    const auto older = Database::open_existing(file);
    REQUIRE(!older);
    CHECK(older.error().what.find("has schema 1") != std::string::npos);
}
