#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "store/rows.hpp"
#include "support/sql.hpp"

using namespace calcinode;
using namespace calcinode::store;
using calcinode::test::TempFolder;

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const fs::path& file, std::size_t offset, const std::string& bytes) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(offset));
    out << bytes;
}

constexpr std::size_t page = 4096;

// A database with some pages of rows.
fs::path filled_database(const TempFolder& folder) {
    {
        auto database = open_in(folder);
        for (int number = 0; number < 200; ++number) database.add_instance(instance(number));
        database.rows_rebuilt();
    }
    const auto file = folder / "calcinode.db";
    REQUIRE(fs::file_size(file) > 8 * page);
    return file;
}

}  // namespace

TEST_CASE("a damaged database is set aside byte for byte, and a new one is there that lacks its rows") {
    const std::pair<const char*, std::function<void(const fs::path&)>> damages[] = {
        {"cut off", [](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2 - 100); }},
        {"cut off at a page", [](const fs::path& file) { fs::resize_file(file, 4 * page); }},
        {"another header", [](const fs::path& file) { overwrite(file, 0, std::string(100, '\x55')); }},
        {"a page of nonsense",
         [](const fs::path& file) { overwrite(file, 5 * page, std::string(page, '\x55')); }},
        {"a page of zeros", [](const fs::path& file) { overwrite(file, 3 * page, std::string(page, '\0')); }},
        {"another file", [](const fs::path& file) { std::ofstream(file) << std::string(10'000, 'x'); }},
        {"nearly nothing left", [](const fs::path& file) { fs::resize_file(file, 10); }},
    };
    for (const auto& [name, damage] : damages) {
        CAPTURE(name);
        const TempFolder folder;
        const auto file = filled_database(folder);
        damage(file);
        const auto before = content_of(file);
        auto opened = Database::open(file);
        REQUIRE(opened);
        REQUIRE(opened->set_aside());
        CHECK_FALSE(opened->set_aside()->damage.empty());
        CHECK(content_of(opened->set_aside()->file) == before);
        CHECK(opened->set_aside()->file.string().starts_with(file.string() + ".damaged-"));
        CHECK(opened->lacks_rows());
        CHECK(opened->instance_paths().empty());
        CHECK(opened->add_instance(instance(1)) == Insert::added);
    }
}

TEST_CASE("a second damaged database does not replace the first that was set aside") {
    const TempFolder folder;
    const auto file = filled_database(folder);
    std::vector<fs::path> names;
    for (int time = 0; time < 2; ++time) {
        std::ofstream(file) << std::string(10'000, 'x');
        auto opened = Database::open(file);
        REQUIRE(opened);
        REQUIRE(opened->set_aside());
        names.push_back(opened->set_aside()->file);
    }
    CHECK(names[0] != names[1]);
    CHECK(fs::exists(names[0]));
    CHECK(fs::exists(names[1]));
}

TEST_CASE("a sound database stays, also with the log of a kill beside it") {
    const TempFolder folder;
    const auto file = filled_database(folder);
    auto database = open_in(folder);
    database.add_instance(instance(777));
    // What a kill leaves: database and log, copied while the connection is open.
    const TempFolder killed;
    for (const auto* part : {"calcinode.db", "calcinode.db-wal"}) fs::copy(folder / part, killed / part);
    auto opened = Database::open(killed / "calcinode.db");
    REQUIRE(opened);
    CHECK_FALSE(opened->set_aside());
    CHECK_FALSE(opened->lacks_rows());
    CHECK(opened->find_instance("1.2.3.777"));
}

TEST_CASE("a new database lacks its rows until they are there, also after the program's end") {
    const TempFolder folder;
    CHECK(open_in(folder).lacks_rows());
    {
        auto database = open_in(folder);
        CHECK(database.lacks_rows());
        database.rows_rebuilt();
    }
    CHECK_FALSE(open_in(folder).lacks_rows());
}

TEST_CASE("a result that is known again counts as new to its destinations, and is known once") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    CHECK(database.take_in_result(result("a"), 1, 1));
    CHECK_FALSE(database.take_in_result(result("a"), 1, 1));
    const auto study = database.find_study("1.2");
    REQUIRE(study);
    CHECK(study->state == "analysed");
    CHECK(study->verdict == "positive");
    CHECK(study->revision == 1);
    CHECK(database.delivery_counts("1.2").pending == 4);
    CHECK(database.quiet_studies(now_ms() + 1).empty());
}

TEST_CASE("a study with other images than its known result was made of is analysed again") {
    const TempFolder folder;
    auto database = open_in(folder);
    database.add_instance(instance(1));
    database.add_instance(instance(2));
    CHECK(database.take_in_result(result("a"), 1, 1));
    CHECK(database.find_study("1.2")->state == "receiving");
    CHECK(database.find_study("1.2")->revision == 1);
    CHECK(database.take_in_result(result("bb"), 2, 2));
    CHECK(database.find_study("1.2")->state == "analysed");
    CHECK(database.find_study("1.2")->revision == 2);
}

TEST_CASE("a known result whose study has no images any more is history, and its study is not waited for") {
    const TempFolder folder;
    auto database = open_in(folder);
    CHECK(database.take_in_result(result("a"), 3, 100));
    CHECK(database.find_study("1.2")->state == "analysed");
    CHECK(database.find_study("1.2")->revision == 3);
    CHECK(database.quiet_studies(now_ms() + 1000).empty());
}
