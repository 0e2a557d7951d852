#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "analysis/kernels/coarse.hpp"
#include "analysis/kernels/components.hpp"
#include "analysis/kernels/morphology.hpp"

using namespace calcinode;
using kernels::Block;

namespace {

Block empty(int n) {
    return {{n, n, n},
            kernels::Large<std::int16_t>(static_cast<std::size_t>(n) * static_cast<std::size_t>(n * n), 0)};
}

}  // namespace

TEST_CASE("opening keeps a solid cube and takes away a thin plate") {
    Block block = empty(24);
    for (int k = 4; k < 14; ++k)
        for (int j = 4; j < 14; ++j)
            for (int i = 4; i < 14; ++i) block.values[block.offset(i, j, k)] = 700;
    for (int j = 2; j < 22; ++j)
        for (int i = 2; i < 22; ++i) block.values[block.offset(i, j, 19)] = 1200;
    const Block opened = kernels::open(block, 2.5, 2);
    CHECK(opened.values[opened.offset(9, 9, 9)] == 700);
    CHECK(opened.values[opened.offset(11, 11, 19)] == 0);
}

TEST_CASE("opening does not depend on the number of threads") {
    Block block = empty(17);
    for (std::size_t n = 0; n < block.values.size(); ++n)
        block.values[n] = static_cast<std::int16_t>((n * 7919) % 1000);
    CHECK(kernels::open(block, 2.5, 1).values == kernels::open(block, 2.5, 4).values);
    CHECK(kernels::gaussian(block, 1, 1).values == kernels::gaussian(block, 1, 4).values);
}

TEST_CASE("smoothing keeps a constant and the mean of a spike") {
    Block block = empty(15);
    block.values.assign(block.values.size(), 123);
    CHECK(kernels::gaussian(block, 1, 2).values == block.values);
    block = empty(15);
    block.values[block.offset(7, 7, 7)] = 10000;
    double sum = 0;
    for (const auto value : kernels::gaussian(block, 1, 2).values) sum += value;
    CHECK(sum == doctest::Approx(10000).epsilon(0.01));
}

TEST_CASE("erosion and dilation take the extremes of the ball, the volume's edges included") {
    Block block = empty(11);
    for (std::size_t n = 0; n < block.values.size(); ++n)
        block.values[n] = static_cast<std::int16_t>((n * 7919) % 1000 - 500);
    for (const double radius : {0.0, 1.0, 1.5, 2.5, 4.2}) {
        const Block smallest = kernels::erode(block, radius, 2), largest = kernels::dilate(block, radius, 2);
        for (const auto& [i, j, k] : {std::array{0, 0, 0}, {5, 5, 5}, {10, 3, 9}, {1, 10, 4}, {6, 0, 10}}) {
            std::int16_t low = 32767, high = -32768;
            for (int n = 0; n < 11 * 11 * 11; ++n) {
                const auto at = kernels::index_of(static_cast<std::uint32_t>(n), block.size);
                if (std::hypot(at[0] - i, at[1] - j, at[2] - k) > radius) continue;
                low = std::min(low, block.values[static_cast<std::size_t>(n)]);
                high = std::max(high, block.values[static_cast<std::size_t>(n)]);
            }
            CHECK(smallest.values[block.offset(i, j, k)] == low);
            CHECK(largest.values[block.offset(i, j, k)] == high);
        }
    }
}

TEST_CASE("smoothing weighs a spike's neighbours as the Gaussian does, for narrow and wide ones") {
    for (const double sigma : {0.5, 1.0, 1.7, 3.0}) {
        Block block = empty(25);
        block.values[block.offset(12, 12, 12)] = 30000;
        const Block smooth = kernels::gaussian(block, sigma, 2);
        const double middle = smooth.values[block.offset(12, 12, 12)];
        const double ratio = std::exp(-0.5 / (sigma * sigma));
        CHECK(smooth.values[block.offset(13, 12, 12)] == doctest::Approx(middle * ratio).epsilon(0.02));
        CHECK(smooth.values[block.offset(12, 11, 12)] == doctest::Approx(middle * ratio).epsilon(0.02));
        CHECK(smooth.values[block.offset(12, 12, 13)] == doctest::Approx(middle * ratio).epsilon(0.02));
    }
}

TEST_CASE("components touch by faces, not by corners, and are numbered in order") {
    // Two bars that meet only at a corner, and a U whose arms join late.
    const std::array<int, 3> size{5, 4, 1};
    const std::vector<std::uint8_t> mask{1, 0, 1, 0, 0,  //
                                         1, 0, 1, 0, 1,  //
                                         1, 1, 1, 0, 0,  //
                                         0, 0, 0, 1, 0};
    const auto parts = kernels::components(mask, size);
    CHECK(parts.count == 3);
    CHECK(parts.label[0] == 1);
    CHECK(parts.label[2] == 1);
    CHECK(parts.label[9] == 2);
    CHECK(parts.label[18] == 3);
    CHECK(parts.label[1] == 0);
}

TEST_CASE("components do not depend on the number of threads, nor on what a set voxel's value is") {
    const std::array<int, 3> size{29, 17, 23};
    for (const unsigned share : {2U, 3U, 5U}) {
        std::vector<std::uint8_t> mask, other;
        for (unsigned n = 0, state = 1; n < 29 * 17 * 23; ++n) {
            state = state * 1664525U + 1013904223U;
            mask.push_back((state >> 16) % share == 0 ? 1 : 0);
            other.push_back(mask.back() != 0 ? static_cast<std::uint8_t>(1 + n % 255) : 0);
        }
        const auto parts = kernels::components(mask, size);
        CHECK(parts.count == *std::ranges::max_element(parts.label));
        CHECK(parts.label == kernels::components(other, size, 3).label);
        for (std::size_t n = 1; n < mask.size(); ++n) {
            CHECK((parts.label[n] != 0) == (mask[n] != 0));
            if (n % 29 != 0 && mask[n] && mask[n - 1]) CHECK(parts.label[n] == parts.label[n - 1]);
        }
    }
}

TEST_CASE("a mask without a voxel has no components") {
    CHECK(kernels::components({}, {0, 0, 0}, 2).count == 0);
    CHECK(kernels::components(std::vector<std::uint8_t>(60, 0), {3, 4, 5}, 4).count == 0);
}

TEST_CASE("a coarse voxel is the mean of its block and stands at its centre") {
    Volume volume;
    volume.grid.size = {4, 4, 4};
    volume.grid.spacing_mm = {1, 1, 2};
    volume.grid.origin = {10, 20, 30};
    volume.hu.resize(64);
    for (std::size_t n = 0; n < 64; ++n) volume.hu[n] = static_cast<std::int16_t>(n % 4 * 100);
    const Volume coarse = kernels::block_mean(volume, {2, 2, 1}, 2);
    CHECK(coarse.grid.size == std::array<int, 3>{2, 2, 4});
    CHECK(coarse.hu[0] == 50);
    CHECK(coarse.hu[1] == 250);
    CHECK(coarse.grid.origin == Vec3{10.5, 20.5, 30});
}
