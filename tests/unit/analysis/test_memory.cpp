#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "analysis/kernels/memory.hpp"

using namespace calcinode;

namespace {

constexpr std::size_t large = std::size_t{16} << 20;

// KiB of this process's mappings for which large pages are asked: "hg" among their flags.
std::size_t kib_in_large_pages() {
    std::ifstream mappings("/proc/self/smaps");
    std::size_t kib = 0, all = 0;
    for (std::string line; std::getline(mappings, line);) {
        if (line.starts_with("Size:")) kib = std::stoul(line.substr(5));
        if (line.starts_with("VmFlags:") && line.find(" hg") != std::string::npos) all += kib;
    }
    return all;
}

}  // namespace

TEST_CASE("a large result has large pages, and who gets its memory after it has not") {
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
        MESSAGE("this system has no large pages");
        return;
    }
    const auto before = kib_in_large_pages();
    for (int round = 0; round < 3; ++round) {  // the C library keeps what it has seen freed once
        const kernels::Large<char> result(large);
        CHECK(kib_in_large_pages() >= before + large / 1024 * 3 / 4);
    }
    CHECK(kib_in_large_pages() == before);
}
