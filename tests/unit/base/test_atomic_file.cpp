#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/fd.hpp"

using namespace calcinode;
namespace fs = std::filesystem;

TEST_CASE("an atomic file has its name only after commit") {
    const fs::path folder = fs::temp_directory_path() / ("calcinode-atomic-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    const fs::path target = folder / "a";
    {
        auto file = AtomicFile::create(target);
        REQUIRE(file);
        const std::string_view text = "half";
        CHECK(file->write(std::as_bytes(std::span(text))));
        CHECK_FALSE(fs::exists(target));
    }
    CHECK(fs::is_empty(folder));  // not committed: nothing stays
    CHECK(write_file_atomically(target, "whole"));
    CHECK(read_file(target, 100).value() == "whole");
    CHECK_FALSE(read_file(target, 3));
    CHECK_FALSE(write_file_atomically(folder / "missing" / "a", "x"));
    fs::remove_all(folder);
}
