#include "spool/spool.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>

#include "dicom/own_objects.hpp"
#include "support/ct_file.hpp"
#include "support/earlier_file.hpp"
#include "support/sql.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::test;
using spool::Refusal;
using spool::Stored;
namespace fs = std::filesystem;

namespace {

struct SpoolBench {
    TempFolder folder;
    store::Database database = [this] {
        auto opened = store::Database::open(folder / "calcinode.db");
        REQUIRE(opened.has_value());
        return std::move(*opened);
    }();
    spool::Spool spool = open();

    spool::Spool open() {
        auto made = spool::Spool::open(folder / "spool", database, 0);
        REQUIRE(made.has_value());
        return std::move(*made);
    }
    auto commit(const CtFile& ct, const std::string& dataset) { return commit_into(spool, ct, dataset); }
    auto commit(const CtFile& ct) { return commit(ct, ct_dataset(ct)); }

    // Announced as `ct` and written in blocks, as it comes from the network.
    static std::expected<spool::Kept, spool::Rejected> commit_into(spool::Spool& spool, const CtFile& ct,
                                                                   const std::string& dataset,
                                                                   std::size_t block_bytes = 100) {
        auto arrival = spool.begin_instance({ct.sop_class, ct.instance, ct.transfer_syntax, "SCANNER"});
        REQUIRE(arrival.has_value());
        for (std::size_t at = 0; at < dataset.size(); at += block_bytes)
            (*arrival)->write(
                std::as_bytes(std::span(dataset).subspan(at, std::min(block_bytes, dataset.size() - at))));
        return spool.commit_instance(**arrival);
    }
    std::string kept() { return read_file(spool.file_of(*database.find_instance("1.2.3.1"))); }
};

int files_below(const fs::path& folder) {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        count += entry.is_regular_file() ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("a committed instance is a file named after its hash, with a row") {
    SpoolBench bench;
    const auto committed = bench.commit({});
    REQUIRE(committed.has_value());
    CHECK(committed->how == Stored::added);
    CHECK(committed->study_uid == "1.2");
    const auto row = bench.database.find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(row->path.starts_with("instances/"));
    CHECK(row->bytes == static_cast<std::int64_t>(bench.kept().size()));
    CHECK(row->modality == "CT");
    CHECK(dataset_of(bench.kept()) == ct_dataset({}));
    CHECK(files_below(bench.folder / "spool") == 1);
}

TEST_CASE("the same again is known, whoever sends it and however it is cut") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    for (const std::size_t block : {1, 7, 1000}) {
        const auto again = SpoolBench::commit_into(bench.spool, {}, ct_dataset({}), block);
        REQUIRE(again.has_value());
        CHECK(again->how == Stored::same_again);
    }
    CHECK(files_below(bench.folder / "spool") == 1);
}

TEST_CASE("an instance that is not committed leaves nothing") {
    SpoolBench bench;
    const auto whole = ct_dataset({});
    {
        auto arrival =
            bench.spool.begin_instance({ct_image_storage, "1.2.3.1", explicit_little_endian, "SCANNER"});
        REQUIRE(arrival.has_value());
        (*arrival)->write(std::as_bytes(std::span(whole)));
    }
    CHECK(files_below(bench.folder / "spool") == 0);
}

TEST_CASE("other bytes under the same UID keep the first") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    CtFile other;
    other.fill = 'x';
    CHECK(bench.commit(other)->how == Stored::differs);
    CHECK(bench.database.find_study("1.2")->conflicts == 1);
    CHECK(dataset_of(bench.kept()) == ct_dataset({}));
}

TEST_CASE("every truncation of a dataset is refused and leaves nothing") {
    SpoolBench bench;
    const auto whole = ct_dataset({});
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto committed = bench.commit({}, whole.substr(0, length));
        if (committed.has_value() || committed.error().refusal != Refusal::not_understood) {
            CAPTURE(length);
            FAIL("a truncated dataset was taken");
        }
    }
    CHECK(files_below(bench.folder / "spool") == 0);
    CHECK(bench.database.studies().empty());
}

TEST_CASE("identities that don't fit are refused") {
    SpoolBench bench;
    const auto refusal_of = [&](const CtFile& announced, const CtFile& sent) {
        const auto committed = bench.commit(announced, ct_dataset(sent));
        REQUIRE_FALSE(committed.has_value());
        return committed.error().refusal;
    };
    CtFile other;
    other.instance = "1.2.3.2";
    CHECK(refusal_of({}, other) == Refusal::identity_mismatch);
    other = {};
    other.sop_class = "1.2.840.10008.5.1.4.1.1.4";
    CHECK(refusal_of({}, other) == Refusal::identity_mismatch);
    for (const char* bad : {"", "1..2", "../../etc", "1.2.3/4", "01.2"}) {
        CtFile malformed;
        malformed.study = bad;
        CHECK(refusal_of(malformed, malformed) == Refusal::not_understood);
    }
    CtFile own;
    own.manufacturer = our_manufacturer;
    own.model = our_model;
    CHECK(refusal_of(own, own) == Refusal::own_object);
}

TEST_CASE("too little free space is said before anything is written") {
    SpoolBench bench;
    auto full = spool::Spool::open(bench.folder / "spool", bench.database, std::uintmax_t{1} << 60);
    REQUIRE(full.has_value());
    const auto arrival =
        full->begin_instance({ct_image_storage, "1.2.3.1", explicit_little_endian, "SCANNER"});
    REQUIRE_FALSE(arrival.has_value());
    CHECK(arrival.error().refusal == Refusal::no_space);
}

TEST_CASE("a spool folder that can't be written is a clear error") {
    SpoolBench bench;
    write_file(bench.folder / "file", "x");
    const auto below_a_file = spool::Spool::open(bench.folder / "file" / "spool", bench.database, 0);
    REQUIRE_FALSE(below_a_file.has_value());
    CHECK(below_a_file.error().what.find("spool folder") != std::string::npos);
    if (::geteuid() == 0) {
        MESSAGE("SKIPPED in part: root writes everywhere");
        return;
    }
    fs::create_directories(bench.folder / "closed");
    ::chmod((bench.folder / "closed").c_str(), 0500);
    CHECK_FALSE(spool::Spool::open(bench.folder / "closed" / "spool", bench.database, 0).has_value());
}

TEST_CASE("the sweep removes what is half written and takes in files that lost their row") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    const auto file = bench.spool.file_of(*bench.database.find_instance("1.2.3.1"));
    write_file(bench.folder / "spool/incoming/9.dcm", "half");

    // The same spool with a database that knows nothing: as after its loss.
    auto empty = store::Database::open(bench.folder / "empty.db");
    REQUIRE(empty.has_value());
    auto again = spool::Spool::open(bench.folder / "spool", *empty, 0);
    const auto swept = again->sweep();
    CHECK(swept.removed == 1);
    CHECK(swept.taken_in == 1);
    CHECK(swept.missing == 0);
    const auto row = empty->find_instance("1.2.3.1");
    REQUIRE(row);
    CHECK(row->checksum == bench.database.find_instance("1.2.3.1")->checksum);
    CHECK(again->file_of(*row) == file);
    const auto nothing = again->sweep();
    CHECK(nothing.removed + nothing.taken_in + nothing.missing == 0);
}

TEST_CASE("the same instance again is known to be the same where an earlier version received it") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    write_file(bench.spool.file_of(*bench.database.find_instance("1.2.3.1")), part10_by_sha256({}));
    sql(bench.folder / "calcinode.db", "UPDATE instance SET checksum = '" + sha256_of(ct_dataset({})) + "'");

    CHECK(bench.commit({})->how == Stored::same_again);
    CHECK(bench.commit({.fill = '\x11'})->how == Stored::differs);
    CHECK(bench.database.find_instance("1.2.3.1")->checksum == sha256_of(ct_dataset({})));
    CHECK(bench.database.find_study("1.2")->conflicts == 1);
}

TEST_CASE("the sweep names rows whose file is gone, and the same instance again mends that") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    fs::remove(bench.spool.file_of(*bench.database.find_instance("1.2.3.1")));
    CHECK(bench.spool.sweep().missing == 1);
    CHECK(bench.commit({})->how == Stored::same_again);
    CHECK(bench.spool.sweep().missing == 0);
}

TEST_CASE("what comes again while its study is being removed stays, whether its file is still there or not") {
    for (const bool unlinked : {false, true})
        for (const bool other_bytes : {false, true}) {
            CAPTURE(unlinked);
            CAPTURE(other_bytes);
            SpoolBench bench;
            REQUIRE(bench.commit({}).has_value());
            const auto first = bench.kept();
            sql(bench.folder / "calcinode.db", "UPDATE instance SET removing = 1");
            sql(bench.folder / "calcinode.db", "UPDATE study SET state = 'analysed'");
            const auto file = bench.spool.file_of(*bench.database.find_instance("1.2.3.1"));
            if (unlinked) fs::remove(file);

            CtFile again;
            if (other_bytes) again.fill = 'x';
            REQUIRE(bench.commit(again).has_value());
            CHECK(bench.database.find_study("1.2")->state == "receiving");
            REQUIRE(bench.spool.remove_marked("1.2").value() == 0);
            REQUIRE(bench.database.find_instance("1.2.3.1"));
            CHECK((bench.kept() == first) == (!unlinked || !other_bytes));
            CHECK(bench.database.image_bytes() == static_cast<std::int64_t>(bench.kept().size()));
        }
}

TEST_CASE("a forgotten image makes room for the corrected one, also when that comes before it has gone") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    sql(bench.folder / "calcinode.db", "UPDATE study SET state = 'analysed'");
    REQUIRE(bench.database.forget("1.2", now_ms()) == store::Forgetting::done);
    CtFile corrected;
    corrected.fill = 'x';
    CHECK(bench.commit(corrected)->how == Stored::added);
    REQUIRE(bench.spool.remove_marked("1.2").value() == 0);
    CHECK(dataset_of(bench.kept()) == ct_dataset(corrected));
    CHECK(bench.database.find_study("1.2")->instances == 1);
}

TEST_CASE("the sweep leaves foreign files out, and sets damaged ones aside so that they can come again") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    const auto file = bench.spool.file_of(*bench.database.find_instance("1.2.3.1"));
    write_file(bench.folder / "spool/instances/00/stranger.dcm", ct_file({}));
    auto empty = store::Database::open(bench.folder / "empty.db");
    auto again = spool::Spool::open(bench.folder / "spool", *empty, 0);

    // As a power cut leaves a file whose name reached the disk before its bytes: the right length, zeros in
    // it.
    auto torn = read_file(file);
    torn.replace(torn.size() - 100, 100, 100, '\0');
    write_file(file, torn);
    CHECK(again->sweep().taken_in == 0);
    CHECK(empty->studies().empty());
    CHECK_FALSE(fs::exists(file));
    CHECK(read_file(bench.folder / "spool/damaged" / file.filename()) == torn);

    CHECK(SpoolBench::commit_into(*again, {}, ct_dataset({}))->how == Stored::added);
    CHECK(dataset_of(read_file(file)) == ct_dataset({}));
}

TEST_CASE("an instance whose row was lost is a duplicate when it comes again, and has its row back") {
    SpoolBench bench;
    REQUIRE(bench.commit({}).has_value());
    auto empty = store::Database::open(bench.folder / "empty.db");
    auto again = spool::Spool::open(bench.folder / "spool", *empty, 0);
    const auto committed = SpoolBench::commit_into(*again, {}, ct_dataset({}));
    REQUIRE(committed.has_value());
    CHECK(committed->how == Stored::same_again);
    CHECK(empty->find_instance("1.2.3.1"));
}
