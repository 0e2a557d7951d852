#include "spool/part10.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <span>

#include "base/checksum.hpp"
#include "support/ct_file.hpp"
#include "support/earlier_file.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::test;
namespace fs = std::filesystem;

namespace {

std::expected<spool::Part10File, spool::Unreadable> read(const std::string& content) {
    const TempFolder folder;
    return spool::read_part10(write_file(folder / "a.dcm", content));
}

std::string undefined(std::uint32_t group, std::uint32_t number, const std::string& vr) {
    return detail::little(group, 2) + detail::little(number, 2) + vr + std::string(vr.empty() ? 0 : 2, '\0') +
           "\xff\xff\xff\xff";
}

const std::string item = undefined(0xfffe, 0xe000, ""), item_end = std::string("\xfe\xff\x0d\xe0\0\0\0\0", 8),
                  sequence_end = std::string("\xfe\xff\xdd\xe0\0\0\0\0", 8);

std::string with_tail(const std::string& tail) {
    return part10({}, ct_dataset({}) + tail);
}

std::string checksum_of(const std::string& bytes) {
    Checksum checksum;
    checksum.update(std::as_bytes(std::span(bytes)));
    return checksum.text();
}

void check_held_to_it(const std::string& right) {
    const auto file = read(right);
    REQUIRE(file.has_value());
    CHECK(file->checked);
    CHECK(file->dataset_checksum == checksum_of(ct_dataset({})));
    for (const std::size_t from_end : {1, 200}) {
        auto wrong = right;
        wrong[wrong.size() - from_end] ^= 1;
        CHECK_FALSE(read(wrong).has_value());
    }
}

}  // namespace

TEST_CASE("identity and checksum are those of the dataset") {
    const auto file = read(ct_file({}));
    REQUIRE(file.has_value());
    CHECK(file->identity.sop_instance_uid == "1.2.3.1");
    CHECK(file->identity.series_uid == "1.2.3");
    CHECK(file->identity.manufacturer == "ACME");
    CHECK(file->source_ae == "WRITER");
    CHECK(file->dataset_checksum == checksum_of(ct_dataset({})));
    CHECK(file->bytes == ct_file({}).size());
}

TEST_CASE("a file with a checksum of ours is held to it") {
    const spool::FileMeta meta{ct_image_storage, "1.2.3.1", explicit_little_endian, "WRITER"};
    check_held_to_it(spool::part10_header(meta, checksum_of(ct_dataset({}))) + ct_dataset({}));
}

TEST_CASE("a file of an earlier version is held to its SHA-256") {
    check_held_to_it(part10_by_sha256({}));
}

TEST_CASE("sequences of undefined length are passed over, whatever is in their items") {
    const auto inner = undefined(0x0040, 0x0275, "SQ") + item + detail::element(0x0040, 7, "LO", "x") +
                       item_end + sequence_end;
    const auto nested = undefined(0x7fe1, 0x1010, "SQ") + item + inner + item_end + sequence_end;
    CHECK(read(with_tail(nested)).has_value());
    // UN of undefined length holds implicit little endian.
    const auto implicit = detail::little(0x0040, 2) + detail::little(7, 2) + detail::little(2, 4) + "xy";
    CHECK(read(with_tail(undefined(0x7fe1, 0x1011, "UN") + item + implicit + item_end + sequence_end))
              .has_value());
}

TEST_CASE("sequences that are left open, out of place or nested without end are refused") {
    const auto begin = undefined(0x7fe1, 0x1010, "SQ");
    for (const auto& tail :
         {begin, begin + item, begin + item + item_end, begin + item_end, begin + item + sequence_end,
          sequence_end, item, begin + detail::element(0x0040, 7, "LO", "x") + sequence_end})
        CHECK_FALSE(read(with_tail(tail)).has_value());
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += begin + item;
    CHECK_FALSE(read(with_tail(deep)).has_value());
}

TEST_CASE("lengths beyond the file, repeated identities and foreign groups are refused") {
    CHECK_FALSE(read(with_tail(std::string("\xe1\x7f\x10\x10OB\0\0\xf0\xff\xff\xff", 12))).has_value());
    CHECK_FALSE(read(with_tail(detail::element(0x0020, 0x000d, "UI", "9.9"))).has_value());
    CHECK_FALSE(read(with_tail(detail::element(0x0002, 0x0010, "UI", "9.9"))).has_value());
    CHECK_FALSE(read(part10({}, detail::element(8, 0x0018, "UI", std::string(5000, '1')))).has_value());
    CHECK_FALSE(read(part10({}, "")).has_value());
    CHECK_FALSE(read("").has_value());
    CHECK_FALSE(read(std::string(128, '\0') + "DICM").has_value());
}

TEST_CASE("a deflated dataset that is cut off or is none is refused") {
    CtFile ct;
    ct.transfer_syntax = "1.2.840.10008.1.2.1.99";
    CHECK_FALSE(read(part10(ct, "no deflated stream at all")).has_value());
    CHECK_FALSE(read(part10(ct, "")).has_value());
}

TEST_CASE("a file that can't be opened is the storage's fault, not the sender's") {
    const auto file = spool::read_part10("/nonexistent/a.dcm");
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().storage);
}

TEST_CASE("real slices in every encoding are whole, and the same slice has the same identity in all") {
    const char* const data = std::getenv("CALCINODE_CT");
    if (!data) {
        MESSAGE("SKIPPED: CALCINODE_CT names no folder with CT data");
        return;
    }
    int read_files = 0;
    std::string instance;
    for (const auto& entry : fs::directory_iterator(fs::path(data) / "encodings/ge-mister-ct")) {
        CAPTURE(entry.path().filename().string());
        const auto file = spool::read_part10(entry.path());
        REQUIRE_MESSAGE(file.has_value(), (file ? "" : file.error().what));
        if (file->identity.transfer_syntax_uid == "1.2.840.10008.1.2") instance = file->identity.study_uid;
        CHECK(file->identity.modality == "CT");
        // A cut anywhere near the end is seen.
        const auto content = read_file(entry.path());
        CHECK_FALSE(read(content.substr(0, content.size() - 10)).has_value());
        ++read_files;
    }
    CHECK(read_files >= 10);
    CHECK_FALSE(instance.empty());
}
