#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <span>

#include "analysis/kernels/distance.hpp"

using namespace calcinode;

namespace {

constexpr float nowhere = std::numeric_limits<float>::infinity();

struct Scene {
    std::array<int, 3> size;
    std::array<double, 3> spacing_mm;
    std::vector<std::uint8_t> mask;
};

Scene random_scene(std::mt19937& random) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    Scene scene{{1 + below(20), 1 + below(20), 1 + below(12)}, {0.3, 0.5, 0.625 * (1 + below(4))}, {}};
    const int share = 1 + below(40);  // one voxel in so many is set
    for (int n = scene.size[0] * scene.size[1] * scene.size[2]; n > 0; --n)
        scene.mask.push_back(below(share) == 0 ? 1 : 0);
    return scene;
}

std::vector<std::array<double, 3>> places(const Scene& scene) {
    std::vector<std::array<double, 3>> all;
    for (int k = 0; k < scene.size[2]; ++k)
        for (int j = 0; j < scene.size[1]; ++j)
            for (int i = 0; i < scene.size[0]; ++i)
                all.push_back({i * scene.spacing_mm[0], j * scene.spacing_mm[1], k * scene.spacing_mm[2]});
    return all;
}

// By all pairs.
std::vector<double> by_brute_force(const Scene& scene) {
    const auto at = places(scene);
    std::vector<double> distance(at.size(), nowhere);
    for (std::size_t n = 0; n < at.size(); ++n)
        for (std::size_t m = 0; m < at.size(); ++m)
            if (scene.mask[m])
                distance[n] = std::min(
                    distance[n], std::hypot(at[n][0] - at[m][0], at[n][1] - at[m][1], at[n][2] - at[m][2]));
    return distance;
}

double largest_difference(std::span<const float> a, const std::vector<double>& b) {
    double largest = 0;
    for (std::size_t n = 0; n < a.size(); ++n)
        if (static_cast<double>(a[n]) != b[n])  // both may be infinite
            largest = std::max(largest, std::abs(static_cast<double>(a[n]) - b[n]));
    return largest;
}

}  // namespace

TEST_CASE("the distance is that of brute force, whatever the mask, the spacing and the threads") {
    std::mt19937 random(1);
    for (int round = 0; round < 40; ++round) {
        const Scene scene = random_scene(random);
        const auto distance = kernels::distance_mm(scene.mask, scene.size, scene.spacing_mm, 1);
        CHECK(largest_difference(distance, by_brute_force(scene)) < 1e-5);
        CHECK(distance == kernels::distance_mm(scene.mask, scene.size, scene.spacing_mm, 3));
    }
}

TEST_CASE("nothing is near an empty mask, and all is in a full one") {
    const std::array<int, 3> size{19, 5, 7};
    const std::array<double, 3> spacing{0.4, 0.7, 2};
    const std::size_t voxels = 19 * 5 * 7;
    CHECK(kernels::distance_mm(std::vector<std::uint8_t>(voxels, 0), size, spacing, 2) ==
          kernels::Large<float>(voxels, nowhere));
    CHECK(kernels::distance_mm(std::vector<std::uint8_t>(voxels, 1), size, spacing, 2) ==
          kernels::Large<float>(voxels, 0));
}

TEST_CASE("the distance along a long row is exact to the micrometre") {
    std::vector<std::uint8_t> mask(2000, 0);
    mask[0] = 255;
    const auto distance = kernels::distance_mm(mask, {1, 2000, 1}, {1, 0.25, 1}, 1);
    CHECK(distance[1] == doctest::Approx(0.25).epsilon(1e-6));
    CHECK(distance[1999] == doctest::Approx(499.75).epsilon(1e-6));
}
