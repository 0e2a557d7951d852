#include <doctest/doctest.h>

#include <filesystem>

#include "app/retention.hpp"
#include "base/fd.hpp"
#include "support/sql.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace {

namespace fs = std::filesystem;

constexpr UnixMillis day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t gib = 1LL << 30;

struct Kept {
    test::TempFolder folder;
    store::Database database = store::Database::open(folder / "test.db").value();
    spool::Spool spool = spool::Spool::open(folder / "spool", database, 0).value();
    fs::path results = folder / "results";
    config::Retention rules{.keep_days = 30, .keep_results_days = 0, .free_mib = 0};
    UnixMillis now = 1000 * day_ms;

    // A study of two images, the last of which came `days` ago.
    void receive(const std::string& study, int days, std::int64_t bytes = 10) {
        for (const auto* number : {".1", ".2"}) {
            const auto path = "instances/00/" + study + number;
            REQUIRE(write_file_atomically(folder / "spool" / path, "pixels"));
            database.add_instance({study + number, study + ".0", study, "ct", "ts", "CT", path, bytes, "hash",
                                   "AE", now - days * day_ms});
        }
    }

    // Analysed, with one object for each destination.
    void judge(const std::string& study, std::vector<std::string> destinations,
               const std::string& status = "analysed") {
        REQUIRE(database.queue_study(study, now));
        const auto job = database.lease_job(now_ms() + 1, now_ms() + 60'000);
        REQUIRE(job);
        const auto relative = study + "/result";
        fs::create_directories(results / relative);
        REQUIRE(write_file_atomically(results / relative / "sr.dcm", "DICM"));
        database.finish_job(*job, {.study_uid = study,
                                   .identity = "result",
                                   .status = status,
                                   .verdict = "negative",
                                   .reason = "",
                                   .folder = relative,
                                   .objects = {{"sr", study + ".9", relative + "/sr.dcm"}},
                                   .destinations = std::move(destinations)});
    }

    void deliver(const std::string& destination) {
        for (const auto& delivery : database.due_deliveries(destination, now_ms() + 1, 100))
            database.delivery_sent(delivery.id, now_ms());
    }

    int remove_all() {
        Retention retention(database, spool, results, rules);
        int removed = 0;
        while (retention.remove_next(now)) ++removed;
        return removed;
    }

    bool has_files(const std::string& study) const {
        const auto there = [&](const char* number) {
            return fs::exists(folder / "spool" / "instances" / "00" / (study + number));
        };
        CHECK(there(".1") == there(".2"));
        return there(".1");
    }
};

}  // namespace

TEST_CASE("after its time a study that was judged and delivered goes, and its row stays") {
    Kept f;
    f.receive("1.2", 31);
    f.receive("1.4", 29);
    for (const auto* study : {"1.2", "1.4"}) f.judge(study, {"PACS"});
    f.deliver("PACS");
    CHECK(f.remove_all() == 1);
    CHECK_FALSE(f.has_files("1.2"));
    CHECK(f.has_files("1.4"));
    const auto study = f.database.find_study("1.2");
    REQUIRE(study);
    CHECK(study->state == "analysed");
    CHECK(study->verdict == "negative");
    CHECK(study->instances == 0);
    CHECK(study->removed_instances == 2);
    CHECK(f.database.delivery_counts("1.2").sent == 1);
    CHECK(f.spool.sweep().missing == 0);
}

TEST_CASE("what waits for anything never goes, neither by its age nor for room") {
    Kept f;
    f.rules.max_gib = 1;
    f.rules.free_mib = 1 << 30;
    for (const auto* study : {"1.1", "1.2", "1.3", "1.4", "1.5"}) f.receive(study, 500, gib);
    f.judge("1.2", {"PACS", "ARCHIVE"});  // ARCHIVE is away
    f.judge("1.3", {"PACS"});
    f.deliver("PACS");
    f.judge("1.4", {"GONE"});
    f.database.delivery_parked(f.database.due_deliveries("GONE", now_ms() + 1, 1).at(0).id, "refused");
    REQUIRE(f.database.queue_study("1.5", f.now));
    f.database.park_job(*f.database.lease_job(now_ms() + 1, now_ms() + 60'000), "broken");
    f.receive("1.6", 500, gib);
    f.judge("1.6", {"PACS"});
    f.deliver("PACS");
    f.database.add_instance({"1.6.3", "1.6.0", "1.6", "ct", "ts", "CT", "instances/00/1.6.3", gib, "hash",
                             "AE", f.now - 400 * day_ms});  // receiving again
    CHECK(f.remove_all() == 1);
    for (const auto* study : {"1.1", "1.2", "1.4", "1.5", "1.6"}) CHECK(f.has_files(study));
    CHECK_FALSE(f.has_files("1.3"));
}

TEST_CASE("a failed study goes after its own time only") {
    Kept f;
    f.receive("1.2", 100);
    REQUIRE(f.database.queue_study("1.2", f.now));
    f.database.park_job(*f.database.lease_job(now_ms() + 1, now_ms() + 60'000), "broken");
    CHECK(f.remove_all() == 0);
    f.rules.keep_failed_days = 99;
    CHECK(f.remove_all() == 1);
    CHECK_FALSE(f.has_files("1.2"));
    CHECK(f.database.find_study("1.2")->reason == "broken");
}

TEST_CASE("for room the oldest go, and no more than is needed") {
    Kept f;
    f.rules.keep_days = 0;
    f.rules.max_gib = 5;
    for (const auto& [study, days] : {std::pair{"1.2", 3}, {"1.4", 9}, {"1.6", 6}, {"1.8", 1}}) {
        f.receive(study, days, gib);
        f.judge(study, {"PACS"});
    }
    f.deliver("PACS");
    CHECK(f.database.image_bytes() == 8 * gib);
    CHECK(f.remove_all() == 2);
    CHECK_FALSE(f.has_files("1.4"));
    CHECK_FALSE(f.has_files("1.6"));
    CHECK(f.database.image_bytes() == 4 * gib);
}

TEST_CASE("a removal that was broken off at any step is ended by the next start") {
    for (const int unlinked : {0, 1, 2}) {
        CAPTURE(unlinked);
        Kept f;
        f.receive("1.2", 31);
        f.judge("1.2", {"PACS"});
        f.deliver("PACS");
        REQUIRE(f.database.begin_removal("1.2", store::Database::Finished::judged));
        const auto paths = f.database.paths_being_removed("1.2");
        REQUIRE(paths.size() == 2);
        for (int n = 0; n < unlinked; ++n)
            fs::remove(f.folder / "spool" / paths[static_cast<std::size_t>(n)]);
        const auto swept = f.spool.sweep();
        CHECK(swept.missing == 0);
        CHECK(swept.taken_in == 0);
        CHECK_FALSE(f.has_files("1.2"));
        CHECK(f.database.studies_being_removed().empty());
        CHECK(f.database.find_study("1.2")->state == "analysed");
        CHECK(f.database.find_study("1.2")->removed_instances == 2);
    }
}

TEST_CASE("an image that comes again while its study is removed stays, and its study is received again") {
    Kept f;
    f.receive("1.2", 31);
    f.judge("1.2", {"PACS"});
    f.deliver("PACS");
    REQUIRE(f.database.begin_removal("1.2", store::Database::Finished::judged));
    auto row = f.database.instances_of("1.2").at(0);
    row.received = f.now;
    f.database.bring_back(row);
    CHECK(f.database.find_study("1.2")->state == "receiving");
    REQUIRE(f.spool.remove_marked("1.2").value() == 1);
    CHECK(f.database.instances_of("1.2").size() == 1);
    CHECK(f.database.image_bytes() == 10);
    CHECK(fs::exists(f.folder / "spool" / row.path));
}

TEST_CASE("a removal that an error broke off is tried again, after all others") {
    Kept f;
    f.receive("1.2", 31);
    f.receive("1.4", 31);
    for (const auto* study : {"1.2", "1.4"}) f.judge(study, {"PACS"});
    f.deliver("PACS");
    REQUIRE(f.database.begin_removal("1.2", store::Database::Finished::judged));
    const auto file = f.folder / "spool" / f.database.paths_being_removed("1.2").at(0);
    fs::remove(file);
    fs::create_directories(file / "in the way");  // what is no file can't be removed
    CHECK_THROWS_AS(f.remove_all(), std::runtime_error);
    CHECK_FALSE(f.has_files("1.4"));
    CHECK_FALSE(f.database.studies_being_removed().empty());
    fs::remove_all(file);
    CHECK(f.remove_all() == 1);
    CHECK_FALSE(f.has_files("1.2"));
    CHECK(f.database.studies_being_removed().empty());
}

TEST_CASE("a delivered result goes after its own time; one that was never to be delivered stays") {
    Kept f;
    f.rules.keep_results_days = 100;
    f.receive("1.2", 1);
    f.receive("1.4", 1);
    f.receive("1.6", 1);
    f.judge("1.2", {"PACS"});
    f.judge("1.4", {});
    f.judge("1.6", {"AWAY"});
    f.deliver("PACS");
    test::sql(f.folder / "test.db", "UPDATE result SET created = " + std::to_string(f.now - 101 * day_ms));
    CHECK(f.remove_all() == 1);
    CHECK_FALSE(fs::exists(f.results / "1.2/result"));
    CHECK(fs::exists(f.results / "1.4/result/sr.dcm"));
    CHECK(fs::exists(f.results / "1.6/result/sr.dcm"));
    CHECK(f.database.delivery_counts("1.2").sent == 1);
    CHECK(f.database.revision_of("1.2", "result") == 1);
}
