// An outline loses its small holes and keeps the large ones.
#include <doctest/doctest.h>

#include <algorithm>

#include "analysis/deposits/holes.hpp"

namespace calcinode::deposits {
namespace {

Grid grid_of(double spacing_mm) {
    Grid grid;
    grid.size = {20, 20, 20};
    grid.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
    return grid;
}

// A cube of 10 voxels, from `first` on, without a cube of `hole` voxels in its middle.
std::vector<std::size_t> hollow_cube(const Grid& grid, int first, int hole) {
    std::vector<std::size_t> voxels;
    const auto in_hole = [&](int v) { return v >= first + 4 && v < first + 4 + hole; };
    for (int k = first; k < first + 10; ++k)
        for (int j = first; j < first + 10; ++j)
            for (int i = first; i < first + 10; ++i)
                if (!(in_hole(i) && in_hole(j) && in_hole(k))) voxels.push_back(grid.offset({i, j, k}));
    return voxels;
}

}  // namespace

TEST_CASE("a small hole is filled, in order") {
    const auto grid = grid_of(1);
    const auto filled = without_holes(grid, hollow_cube(grid, 5, 2));
    CHECK(filled.size() == 1000);
    CHECK(std::ranges::is_sorted(filled));
}

TEST_CASE("a hole of more than 30 mm3 stays, since it may be bone") {
    const auto grid = grid_of(2);
    CHECK(without_holes(grid, hollow_cube(grid, 5, 2)).size() == 992);
}

TEST_CASE("what is open to the outside is no hole; the volume's edge is outside") {
    const auto grid = grid_of(1);
    auto voxels = hollow_cube(grid, 0, 1);  // touches three faces of the volume
    std::erase_if(voxels, [&](std::size_t n) {
        return grid.index(n).i == 4 && grid.index(n).j == 4 && grid.index(n).k < 4;
    });
    CHECK(without_holes(grid, voxels) == voxels);
}

}  // namespace calcinode::deposits
