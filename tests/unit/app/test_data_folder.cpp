#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "app/data_folder.hpp"
#include "base/fd.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "calcinode-data-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a data folder is made, with its parts") {
    const Folder folder;
    const auto data = DataFolder::open(folder.path / "new" / "data").value();
    CHECK(fs::is_directory(data.spool()));
    CHECK(fs::is_directory(data.results()));
}

TEST_CASE("a data folder has one holder at a time") {
    const Folder folder;
    {
        const auto first = DataFolder::open(folder.path).value();
        const auto second = DataFolder::open(folder.path);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().what.find("in use by another calcinode daemon") != std::string::npos);
    }
    CHECK(DataFolder::open(folder.path).has_value());
}

TEST_CASE("a data folder that can't be made is an error that names it") {
    const Folder folder;
    REQUIRE(write_file_atomically(folder.path / "file", ""));
    const auto data = DataFolder::open(folder.path / "file" / "data");
    REQUIRE_FALSE(data.has_value());
    CHECK(data.error().what.find("file/data") != std::string::npos);
}
