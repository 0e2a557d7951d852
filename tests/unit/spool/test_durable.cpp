#include "spool/durable.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::test;

namespace {

// Enough for both ways, tried by turns at first.
constexpr int files = 40;

Fd new_file(const std::filesystem::path& name) {
    return Fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

}  // namespace

TEST_CASE("a failure of file or folder is told in both ways of syncing") {
    TempFolder folder;
    spool::Syncing syncing;
    for (int i = 0; i < files; ++i) {
        CAPTURE(i);
        const auto file = new_file(folder / std::to_string(i));
        CHECK(syncing.file_and_name(file, folder.path()) == 0);
        CHECK(syncing.file_and_name(file, folder / "none") == ENOENT);
        CHECK(syncing.file_and_name(file, "/proc/self") == EINVAL);  // opens, and can't be synced
        const Fd not_to_be_synced(::open(folder.path().c_str(), O_PATH | O_CLOEXEC));
        CHECK(syncing.file_and_name(not_to_be_synced, folder.path()) == EBADF);
    }
}

TEST_CASE("several threads sync at the same time, helped or not") {
    TempFolder folder;
    spool::Syncing syncing;
    std::atomic<int> synced = 0;
    {
        std::vector<std::jthread> senders;
        for (int sender = 0; sender < 4; ++sender)
            senders.emplace_back([&, sender] {
                for (int i = 0; i < files; ++i) {
                    const auto file = new_file(folder / (std::to_string(sender) + "-" + std::to_string(i)));
                    if (syncing.file_and_name(file, folder.path()) == 0) ++synced;
                }
            });
    }
    CHECK(synced == 4 * files);
}
