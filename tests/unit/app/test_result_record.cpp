#include <doctest/doctest.h>

#include <filesystem>

#include "app/result_folder.hpp"
#include "app/result_record.hpp"
#include "base/fd.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace {

namespace fs = std::filesystem;

ResultRecord positive(int revision) {
    ResultRecord record;
    record.row = {.study_uid = "1.2",
                  .identity = "",
                  .status = "analysed",
                  .verdict = "positive",
                  .reason = "why\xff",
                  .folder = "",
                  .objects = {{"1.9", "2.25." + std::to_string(revision), "anywhere/sr.dcm"}},
                  .destinations = {}};
    record.revision = revision;
    record.instances = 7;
    return record;
}

// A result's folder as the daemon leaves it; returns its name.
fs::path keep(const fs::path& results, int revision) {
    auto folder = ResultFolder::begin(results, "1.2").value();
    REQUIRE(write_record(positive(revision), folder.temporary()));
    const auto name = ResultFolder::name_of("1.2", "made of " + std::to_string(revision));
    REQUIRE(folder.commit(name));
    return name;
}

}  // namespace

TEST_CASE("a result's record says what its row says") {
    const test::TempFolder folder;
    const auto name = keep(folder.path(), 2);
    const auto read = read_record(folder.path(), name);
    REQUIRE(read);
    CHECK(read->revision == 2);
    CHECK(read->instances == 7);
    CHECK(read->row.study_uid == "1.2");
    CHECK(read->row.verdict == "positive");
    CHECK(read->row.folder == name.string());
    CHECK(read->row.identity == name.filename().string());
    REQUIRE(read->row.objects.size() == 1);
    CHECK(read->row.objects[0].path == (name / "sr.dcm").string());
    CHECK(read->row.objects[0].sop_instance_uid == "2.25.2");
}

TEST_CASE("a folder without a record, or with another file in its place, gives an error in words") {
    const test::TempFolder folder;
    CHECK_FALSE(read_record(folder.path(), "a"));
    fs::create_directories(folder / "a");
    for (const auto* text : {"", "{}", "[1, 2]", "{\"study_uid\": 7}", "not JSON"}) {
        REQUIRE(write_file_atomically(folder / "a" / "record.json", text));
        CHECK_FALSE(read_record(folder.path(), "a"));
    }
}

TEST_CASE("results are taken in with their revisions, whatever the order of their folders") {
    const test::TempFolder folder;
    auto database = store::Database::open(folder / "test.db").value();
    const auto results = folder / "results";
    fs::create_directory(results);
    for (const int revision : {3, 1, 2}) keep(results, revision);
    fs::create_directories(results / "study" / ".making-result");
    CHECK(take_in_results(database, results, {{"PACS"}, {}}) == 3);
    CHECK(take_in_results(database, results, {{"PACS"}, {}}) == 0);
    CHECK(database.find_study("1.2")->revision == 3);
    CHECK(database.delivery_counts("1.2").pending == 3);
    const auto due = database.due_deliveries("PACS", now_ms(), 10);
    REQUIRE(due.size() == 3);
}
