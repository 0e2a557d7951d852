#include <doctest/doctest.h>

#include <filesystem>

#include "app/data_folder.hpp"
#include "app/running_daemon.hpp"
#include "base/fd.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace fs = std::filesystem;

TEST_CASE("a data folder is made, with its parts") {
    const test::TempFolder folder;
    const auto data = DataFolder::open(folder.path() / "new" / "data").value();
    CHECK(fs::is_directory(data.spool()));
    CHECK(fs::is_directory(data.results()));
}

TEST_CASE("a data folder has one holder at a time") {
    const test::TempFolder folder;
    {
        const auto first = DataFolder::open(folder.path()).value();
        const auto second = DataFolder::open(folder.path());
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().what.find("in use by another calcinode daemon") != std::string::npos);
    }
    CHECK(DataFolder::open(folder.path()).has_value());
}

TEST_CASE("others see that a data folder is held, and whether images are refused") {
    const test::TempFolder folder;
    {
        const auto data = DataFolder::open(folder.path()).value();
        CHECK(daemon_runs(folder.path()));
        CHECK_FALSE(images_are_refused(folder.path()));
        data.tell_whether_images_are_refused(true);
        data.tell_whether_images_are_refused(true);
        CHECK(images_are_refused(folder.path()));
        data.tell_whether_images_are_refused(false);
        CHECK_FALSE(images_are_refused(folder.path()));
        data.tell_whether_images_are_refused(true);
    }
    CHECK_FALSE(daemon_runs(folder.path()));
    CHECK_FALSE(images_are_refused(folder.path()));
}

TEST_CASE("a data folder that can't be made is an error that names it") {
    const test::TempFolder folder;
    REQUIRE(write_file_atomically(folder / "file", ""));
    const auto data = DataFolder::open(folder / "file" / "data");
    REQUIRE_FALSE(data.has_value());
    CHECK(data.error().what.find("file/data") != std::string::npos);
}
