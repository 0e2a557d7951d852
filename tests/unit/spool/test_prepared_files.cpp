#include "spool/prepared_files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <span>
#include <thread>

#include "spool/spool.hpp"
#include "support/ct_file.hpp"
#include "support/sql.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::test;
using spool::PreparedFiles;
using spool::Stored;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t wanted = 4 * PreparedFiles::file_bytes;

CtFile numbered(int number) {
    CtFile ct;
    ct.instance = "1.2.3." + std::to_string(number);
    return ct;
}

// The dataset with these pixels, as it would be with so many rows.
std::string with_pixels(const CtFile& ct, const std::string& pixels) {
    auto dataset = ct_dataset(ct);
    dataset.resize(dataset.size() -
                   2 * static_cast<std::size_t>(ct.side) * static_cast<std::size_t>(ct.side) - 4);
    return dataset + detail::little(static_cast<std::uint32_t>(pixels.size()), 4) + pixels;
}

// One whose file is of `length` bytes and ends with `ending`.
std::string that_makes(const CtFile& ct, std::uint64_t length, const std::string& ending = "") {
    const auto header = spool::part10_header({ct.sop_class, ct.instance, ct.transfer_syntax, "SCANNER"},
                                             std::string(Checksum::digits, '0'));
    const auto pixels = length - header.size() - with_pixels(ct, "").size();
    return with_pixels(ct, std::string(pixels - ending.size(), 'p') + ending);
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    return files;
}

// A spool whose power can be cut.
struct Bench {
    TempFolder folder;
    std::optional<store::Database> database;
    std::optional<spool::Spool> spool;

    Bench() {
        start();
        REQUIRE(spool->keep_prepared(wanted));
    }
    void start() {
        stop();
        auto opened = store::Database::open(folder / "calcinode.db");
        REQUIRE(opened.has_value());
        database.emplace(std::move(*opened));
        auto made = spool::Spool::open(folder / "spool", *database, 0);
        REQUIRE(made.has_value());
        spool.emplace(std::move(*made));
    }
    // Without making any, however long it takes.
    void settle() {
        std::this_thread::sleep_for(std::chrono::milliseconds(310));  // as if nobody sent any more
        const auto stock = std::ranges::count_if(
            files_in(prepared()), [](const fs::path& file) { return fs::hard_link_count(file) == 1; });
        REQUIRE(spool->keep_prepared(static_cast<std::uint64_t>(stock) * PreparedFiles::file_bytes));
    }
    fs::path prepared() const { return folder / "spool/prepared"; }

    std::unique_ptr<spool::Arrival> arriving(const CtFile& ct, const std::string& dataset) {
        auto arrival = spool->begin_instance({ct.sop_class, ct.instance, ct.transfer_syntax, "SCANNER"});
        REQUIRE(arrival.has_value());
        (*arrival)->write(std::as_bytes(std::span(dataset)));
        return std::move(*arrival);
    }
    auto commit(const CtFile& ct, const std::string& dataset) {
        const auto arrival = arriving(ct, dataset);
        return spool->commit_instance(*arrival);
    }
    auto commit(const CtFile& ct) { return commit(ct, ct_dataset(ct)); }
    std::optional<fs::path> file_of(const CtFile& ct) {
        const auto row = database->find_instance(ct.instance);
        if (!row) return std::nullopt;
        return spool->file_of(*row);
    }
    bool holds(const CtFile& ct) {
        const auto file = file_of(ct);
        return file && dataset_of(read_file(*file)) == ct_dataset(ct);
    }

    // The one prepared file that holds an instance.
    fs::path unsettled() const {
        for (const auto& file : files_in(prepared()))
            if (read_file(file).substr(128, 4) == "DICM") return file;
        FAIL("no prepared file holds an instance");
        return {};
    }
    // All that was not synced is gone: rows, the instance's own name, and that its file was cut.
    void cut_power(const CtFile& ct) {
        const auto file = unsettled(), named = *file_of(ct);
        const auto length = fs::file_size(file);
        REQUIRE(fs::remove(named));
        fs::resize_file(file, PreparedFiles::capacity);
        std::ofstream(file, std::ios::binary | std::ios::app) << spool::end_page(length);
        forget_rows();
    }
    void stop() {
        spool.reset();
        database.reset();
    }
    void forget_rows() {
        stop();
        for (const auto* suffix : {"", "-wal", "-shm"})
            fs::remove(folder / ("calcinode.db" + std::string(suffix)));
        start();
    }
};

}  // namespace

TEST_CASE("what is received into a prepared file is a file like any other, once it is settled of one name") {
    Bench bench;
    REQUIRE(files_in(bench.prepared()).size() == 4);
    REQUIRE(bench.commit({})->how == Stored::added);
    CHECK(bench.holds({}));
    CHECK(fs::hard_link_count(*bench.file_of({})) == 2);
    CHECK(bench.database->find_instance("1.2.3.1")->bytes ==
          static_cast<std::int64_t>(fs::file_size(*bench.file_of({}))));
    bench.settle();
    CHECK(fs::hard_link_count(*bench.file_of({})) == 1);
    CHECK(files_in(bench.prepared()).size() == 3);
}

TEST_CASE("while somebody sends nothing is settled or cut, but whoever reads a file finds it cut") {
    Bench bench;
    REQUIRE(bench.commit(numbered(1)).has_value());
    REQUIRE(bench.commit(numbered(2)).has_value());
    REQUIRE(bench.spool->keep_prepared(wanted));
    const auto first = bench.folder / "spool" / bench.database->find_instance("1.2.3.1")->path;
    CHECK(fs::file_size(first) == PreparedFiles::file_bytes);
    CHECK(fs::hard_link_count(first) == 2);
    CHECK(bench.holds(numbered(2)));
    CHECK(fs::file_size(first) ==
          static_cast<std::uintmax_t>(bench.database->find_instance("1.2.3.1")->bytes));
    CHECK(fs::hard_link_count(first) == 2);
}

TEST_CASE("what was received is cut when the spool is closed") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    const auto row = *bench.database->find_instance("1.2.3.1");
    bench.stop();
    CHECK(fs::file_size(bench.folder / "spool" / row.path) == static_cast<std::uintmax_t>(row.bytes));
}

TEST_CASE("where the stock is used up an instance goes into a new file") {
    Bench bench;
    for (int number = 1; number <= 6; ++number) {
        REQUIRE(bench.commit(numbered(number)).has_value());
        CHECK(fs::hard_link_count(*bench.file_of(numbered(number))) == (number <= 4 ? 2 : 1));
    }
}

TEST_CASE("a prepared file that got no instance is there for the next one") {
    Bench bench;
    REQUIRE(bench.commit(numbered(1)).has_value());
    bench.settle();
    // Full but for its end, with what could be taken for the note of one.
    auto dataset = that_makes(numbered(2), PreparedFiles::file_bytes, spool::end_page(1000));
    dataset.pop_back();
    bench.arriving(numbered(2), dataset);
    CHECK(bench.commit(numbered(1))->how == Stored::same_again);
    CHECK(files_in(bench.prepared()).size() == 3);
    for (int number = 3; number <= 5; ++number) REQUIRE(bench.commit(numbered(number)).has_value());
    for (int number = 3; number <= 5; ++number) {
        CHECK(bench.holds(numbered(number)));
        CHECK(fs::hard_link_count(*bench.file_of(numbered(number))) == 2);
    }
    bench.forget_rows();
    CHECK(bench.spool->sweep().taken_in == 4);
    CHECK(bench.holds(numbered(5)));
}

TEST_CASE("an instance of any length fits into a prepared file") {
    // Up to the page of the end, into it, to the file's end, and beyond.
    const std::uint64_t end_page_at = PreparedFiles::capacity;
    for (const auto length :
         {end_page_at, end_page_at + 2, PreparedFiles::file_bytes, PreparedFiles::file_bytes + 2}) {
        Bench bench;
        const auto dataset = that_makes({}, length);
        REQUIRE(bench.commit({}, dataset).has_value());
        CHECK(fs::file_size(*bench.file_of({})) == length);
        bench.forget_rows();
        CHECK(bench.spool->sweep().taken_in == 1);
        CHECK(bool(dataset_of(read_file(*bench.file_of({}))) == dataset));
    }
}

TEST_CASE("what a power cut left of an acknowledged instance is taken in under its own name") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    bench.cut_power({});
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 1);
    CHECK(swept.removed == 0);
    CHECK(bench.holds({}));
    CHECK(fs::hard_link_count(*bench.file_of({})) == 1);
    CHECK(files_in(bench.prepared()).size() == 3);
}

TEST_CASE("an instance that a power cut left incomplete was never acknowledged, and goes") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    bench.cut_power({});
    const auto file = bench.unsettled();
    auto content = read_file(file);
    content[1000] = '!';
    write_file(file, content);
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 0);
    CHECK(swept.removed == 1);
    CHECK_FALSE(bench.database->find_instance("1.2.3.1"));
}

TEST_CASE("without its checksum nothing counts as whole, whatever its end says") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    bench.cut_power({});
    auto content = ct_file({});
    const auto end = content.size();
    content.resize(PreparedFiles::capacity, '\0');
    write_file(bench.unsettled(), content + spool::end_page(end));
    CHECK(bench.spool->sweep().removed == 1);
    CHECK_FALSE(bench.database->find_instance("1.2.3.1"));
}

TEST_CASE("pixels that look like the page of an end cost nothing") {
    Bench bench;
    // In a file as long as a prepared one that page stands where ours would.
    const auto dataset = that_makes({}, PreparedFiles::file_bytes, spool::end_page(1000));
    REQUIRE(bench.commit({}, dataset).has_value());
    REQUIRE(fs::remove(*bench.file_of({})));
    bench.forget_rows();
    CHECK(bench.spool->sweep().taken_in == 1);
    CHECK(bool(dataset_of(read_file(*bench.file_of({}))) == dataset));
}

TEST_CASE("a kill between an instance's two names costs neither it nor a second one") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    bench.start();
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 0);
    CHECK(swept.removed == 0);
    CHECK(bench.holds({}));
    CHECK(fs::hard_link_count(*bench.file_of({})) == 1);
}

TEST_CASE("other bytes under a name that is taken go, also after a power cut") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    bench.settle();
    const auto first = read_file(*bench.file_of({}));
    CtFile other;
    other.fill = 'x';
    Bench elsewhere;
    REQUIRE(elsewhere.commit(other).has_value());
    fs::copy_file(elsewhere.unsettled(), bench.prepared() / "other");
    bench.start();
    CHECK(bench.spool->sweep().removed == 1);
    CHECK(bool(read_file(*bench.file_of({})) == first));
}

TEST_CASE("an incomplete file in the way of an acknowledged instance's name is set aside") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    const auto target = *bench.file_of({});
    bench.cut_power({});
    // Of a first try, before another power cut: a sync of the second one's data does not bring it away.
    write_file(target, ct_file({}).substr(0, 500));
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 1);
    CHECK(bench.holds({}));
    CHECK(files_in(bench.folder / "spool/damaged").size() == 1);
}

TEST_CASE("a corrected instance leaves no second name of the first") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    sql(bench.folder / "calcinode.db", "UPDATE study SET state = 'analysed'");
    REQUIRE(bench.database->forget("1.2", now_ms()) == store::Forgetting::done);
    CtFile corrected;
    corrected.fill = 'x';
    REQUIRE(bench.commit(corrected)->how == Stored::added);
    CHECK(files_in(bench.prepared()).size() == 3);
    bench.cut_power(corrected);
    CHECK(bench.spool->sweep().taken_in == 1);
    CHECK(bench.holds(corrected));
}

TEST_CASE("a stock that is greater than is asked for goes") {
    Bench bench;
    REQUIRE(bench.spool->keep_prepared(2 * PreparedFiles::file_bytes));
    CHECK(files_in(bench.prepared()).size() == 2);
    REQUIRE(bench.spool->keep_prepared(0));
    CHECK(files_in(bench.prepared()).empty());
}

TEST_CASE("where less is free than is to be spared there is no stock") {
    Bench bench;
    REQUIRE(bench.spool->keep_prepared(wanted, std::uint64_t{1} << 60));
    CHECK(files_in(bench.prepared()).empty());
}

TEST_CASE("a removed study does not come back by the names that its images were received under") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    sql(bench.folder / "calcinode.db", "UPDATE study SET state = 'analysed'");
    REQUIRE(bench.database->forget("1.2", now_ms()) == store::Forgetting::done);
    REQUIRE(bench.spool->remove_marked("1.2").value() == 1);
    bench.forget_rows();
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 0);
    CHECK(files_in(bench.prepared()).size() == 3);
}

TEST_CASE("the stock is found again by the next start, and what is not of its size goes") {
    Bench bench;
    write_file(bench.prepared() / "half", std::string(1000, '\0'));
    fs::create_symlink("/etc/passwd", bench.prepared() / "link");
    REQUIRE(::mkfifo((bench.prepared() / "pipe").c_str(), 0600) == 0);
    bench.start();
    CHECK(bench.spool->sweep().removed == 3);
    CHECK(files_in(bench.prepared()).size() == 4);
    for (int number = 1; number <= 4; ++number) {
        REQUIRE(bench.commit(numbered(number)).has_value());
        CHECK(fs::hard_link_count(*bench.file_of(numbered(number))) == 2);
    }
}

TEST_CASE("a kill right after the answer, before the file is cut to its length, costs nothing") {
    Bench bench;
    bench.stop();
    const auto child = ::fork();
    if (child == 0) {
        bench.start();
        bench.spool->sweep();
        const auto arrival = bench.arriving({}, ct_dataset({}));
        const bool kept = bench.spool->commit_instance(*arrival).has_value();
        std::_Exit(kept ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    bench.start();
    CHECK(fs::file_size(*bench.file_of({})) == PreparedFiles::file_bytes);
    const auto swept = bench.spool->sweep();
    CHECK(swept.taken_in == 0);
    CHECK(swept.removed == 0);
    CHECK(bench.holds({}));
    CHECK(fs::hard_link_count(*bench.file_of({})) == 1);
}

TEST_CASE("an instance that can't be given its own name at the start is kept for the next one") {
    Bench bench;
    REQUIRE(bench.commit({}).has_value());
    const auto folder = bench.file_of({})->parent_path(), aside = bench.folder / "aside";
    bench.cut_power({});
    fs::rename(folder, aside);  // the disk does not let us
    const auto swept = bench.spool->sweep();
    CHECK(swept.removed == 0);
    CHECK(swept.taken_in == 0);
    CHECK(files_in(bench.prepared()).size() == 4);
    fs::rename(aside, folder);
    bench.start();
    CHECK(bench.spool->sweep().taken_in == 1);
    CHECK(bench.holds({}));
}

TEST_CASE("where no file can be made the stock stays as it is, and images are received all the same") {
    Bench bench;
    for (int number = 1; number <= 4; ++number) REQUIRE(bench.commit(numbered(number)).has_value());
    bench.settle();
    fs::remove_all(bench.prepared());
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    CHECK_FALSE(bench.spool->keep_prepared(wanted));
    CHECK_FALSE(bench.spool->keep_prepared(wanted).value());  // for some minutes it does not try again
    CHECK(bench.commit(numbered(5))->how == Stored::added);
}

TEST_CASE("where room is wanted the stock is the first to go") {
    Bench bench;
    bench.spool->space().ran_out("a test");
    REQUIRE(bench.spool->keep_prepared(wanted));
    CHECK(files_in(bench.prepared()).empty());
}

TEST_CASE("the page of an end says where, and nothing else is taken for one") {
    CHECK(spool::end_page(0).size() == spool::PageWriter::page_bytes);
    for (const std::uint64_t end : {std::uint64_t{0}, std::uint64_t{525'000}, ~std::uint64_t{0}})
        CHECK(spool::parse_end_page(spool::end_page(end)) == end);
    for (const auto* other :
         {"", "CALCINODE: the instance ends at ", "CALCINODE: the instance ends at -1",
          "CALCINODE: the instance ends at 18446744073709551616\n", "CALCINODE: the instance ends at 1 \n"})
        CHECK_FALSE(spool::parse_end_page(other));
}
