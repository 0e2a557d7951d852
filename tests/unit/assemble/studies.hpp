// What the tests of the assembly share.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "assemble/assemble.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

namespace calcinode::test {

// Different everywhere, so that any voxel in a wrong place shows.
inline double slanted_body(LpsPoint p) {
    return 3 * p.x + 5 * p.y + 7 * p.z;
}

inline assemble::AssembledStudy only_study(const std::vector<CtSlice>& made, bool shuffled = false) {
    const TempFolder folder;
    auto files = write_all(made, folder.path());
    std::mt19937 random(7);
    if (shuffled) std::ranges::shuffle(files, random);
    auto assembly = assemble::assemble(files);
    CHECK(assembly.unreadable.empty());
    REQUIRE(assembly.studies.size() == 1);
    return std::move(assembly.studies[0]);
}

}  // namespace calcinode::test
