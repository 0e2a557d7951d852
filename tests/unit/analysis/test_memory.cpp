#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "analysis/kernels/memory.hpp"

using namespace calcinode;

namespace {

constexpr std::size_t large = std::size_t{16} << 20;

// Mappings of this process for which large pages are asked: "hg" among their flags.
int mappings_in_large_pages() {
    std::ifstream mappings("/proc/self/smaps");
    int found = 0;
    for (std::string line; std::getline(mappings, line);)
        found += line.starts_with("VmFlags:") && line.find(" hg") != std::string::npos;
    return found;
}

}  // namespace

TEST_CASE("a large result has large pages, and who gets its memory after it has not") {
    const int before = mappings_in_large_pages();
    for (int round = 0; round < 3; ++round) {  // the C library keeps what it has seen freed once
        const kernels::Large<char> result(large);
        if (mappings_in_large_pages() == before) {
            MESSAGE("this system has no large pages");
            return;
        }
    }
    CHECK(mappings_in_large_pages() == before);
}
