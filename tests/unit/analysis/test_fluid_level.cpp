// Fluid above what has settled in a deposit.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

#include "analysis/deposits/fluid_level.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

constexpr int middle = 24;
constexpr double radius_mm = 10, settled_hu = 600, fluid_hu = 170, soft_hu = 55;

// Muscle with noise, and what `hu_at` puts there, told the millimetres from the middle: NaN for nothing.
template <class HuAt>
Volume muscle_with(HuAt hu_at, double noise_hu = 15) {
    Volume volume;
    volume.grid.size = {48, 48, 48};
    volume.grid.spacing_mm = {1, 1, 1};
    volume.hu.resize(volume.grid.voxels());
    std::mt19937 random(3);
    std::normal_distribution<double> noise(0, noise_hu);
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto v = volume.grid.index(n);
        const double hu = hu_at(Vec3{v.i - middle + 0.0, v.j - middle + 0.0, v.k - middle + 0.0});
        volume.hu[n] =
            static_cast<std::int16_t>(std::lround((std::isnan(hu) ? soft_hu : hu) + noise(random)));
    }
    return volume;
}

bool in_ball(Vec3 at) {
    return std::hypot(at.x, at.y, at.z) <= radius_mm;
}

// A ball filled to a level, `up` being the way to the ceiling.
double half_full(Vec3 at, Vec3 up, double above_hu = fluid_hu) {
    if (!in_ball(at)) return std::nan("");
    return dot(at, up) > 0 ? above_hu : settled_hu;
}

std::vector<std::size_t> settled_in(const Volume& volume) {
    std::vector<std::size_t> voxels;
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto v = volume.grid.index(n);
        const Vec3 at{v.i - middle + 0.0, v.j - middle + 0.0, v.k - middle + 0.0};
        if (in_ball(at) && volume.hu[n] > 400) voxels.push_back(n);
    }
    return voxels;
}

constexpr Vec3 front{0, -1, 0}, back{0, 1, 0}, left{1, 0, 0}, right{-1, 0, 0};

}  // namespace

TEST_CASE("the fluid above a level is found, however the patient lies") {
    const Vec3 turned{std::sin(0.17), -std::cos(0.17), 0};  // images that were turned by 10 degrees
    for (const auto up : {front, back, left, right, turned}) {
        CAPTURE(up.x);
        CAPTURE(up.y);
        const auto volume = muscle_with([&](Vec3 at) { return half_full(at, up); });
        const auto fluid = fluid_of(volume, settled_in(volume));
        std::size_t true_voxels = 0, found = 0;
        for (std::size_t n = 0; n < volume.hu.size(); ++n) {
            const auto v = volume.grid.index(n);
            const Vec3 at{v.i - middle + 0.0, v.j - middle + 0.0, v.k - middle + 0.0};
            if (!in_ball(at) || dot(at, up) <= 0) continue;
            ++true_voxels;
            found += std::ranges::binary_search(fluid, n);
        }
        CHECK(std::ranges::is_sorted(fluid));
        CHECK(static_cast<double>(found) >= 0.95 * static_cast<double>(true_voxels));
        CHECK(static_cast<double>(fluid.size()) <= 1.1 * static_cast<double>(true_voxels));
    }
}

TEST_CASE("what is dense throughout has no fluid") {
    const auto volume = muscle_with([](Vec3 at) { return in_ball(at) ? settled_hu : std::nan(""); });
    CHECK(fluid_of(volume, settled_in(volume)).empty());
}

TEST_CASE("fluid that the outline took in is told from what has settled") {
    const auto volume = muscle_with([](Vec3 at) { return half_full(at, front); });
    std::vector<std::size_t> outline;
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto v = volume.grid.index(n);
        if (in_ball({v.i - middle + 0.0, v.j - middle + 0.0, v.k - middle + 0.0})) outline.push_back(n);
    }
    const auto fluid = fluid_of(volume, outline);
    CHECK(static_cast<double>(fluid.size()) ==
          doctest::Approx(0.5 * static_cast<double>(outline.size())).epsilon(0.1));
}

TEST_CASE("fluid that looks like muscle is not seen") {
    const auto volume = muscle_with([](Vec3 at) { return half_full(at, front, soft_hu + 20); });
    CHECK(fluid_of(volume, settled_in(volume)).empty());
}

TEST_CASE("a vessel that goes on is no fluid of the deposit's") {
    const auto volume = muscle_with([](Vec3 at) {
        const double from_axis = std::hypot(at.x, at.y + 8);
        if (in_ball(at) && at.y >= 0) return settled_hu;
        return at.y < 0 && from_axis < 9 ? fluid_hu : std::nan("");
    });
    CHECK(fluid_of(volume, settled_in(volume)).empty());
}

TEST_CASE("bone in front of a deposit keeps its marrow to itself") {
    const auto volume = muscle_with([](Vec3 at) {
        if (in_ball(at) && at.y >= 0) return settled_hu;
        const double inside = std::min({15 - std::abs(at.x), 15 - std::abs(at.z), -at.y, at.y + 20});
        if (inside < 0) return std::nan("");
        return inside < 2 ? 700.0 : fluid_hu;
    });
    CHECK(fluid_of(volume, settled_in(volume)).empty());
}

TEST_CASE("a rounded upper side is no level") {
    // As bright as fluid, around something that has not settled.
    const auto volume = muscle_with([](Vec3 at) {
        if (std::hypot(at.x, at.y, at.z) <= 6) return settled_hu;
        return in_ball(at) && at.y < 0 ? fluid_hu : std::nan("");
    });
    CHECK(fluid_of(volume, settled_in(volume)).empty());
}

TEST_CASE("a deposit at the volume's edge") {
    auto volume = muscle_with([](Vec3 at) { return half_full(at, front); });
    volume.grid.size = {48, 48, 25};  // cut through the middle
    volume.hu.resize(volume.grid.voxels());
    std::vector<std::size_t> settled;
    for (std::size_t n = 0; n < volume.hu.size(); ++n)
        if (volume.hu[n] > 400) settled.push_back(n);
    CHECK(fluid_of(volume, settled).empty());  // whether the fluid ends there is not in view
}

TEST_CASE("a huge mass, and one of a single voxel") {
    Volume volume;
    volume.grid.size = {160, 160, 160};
    volume.grid.spacing_mm = {0.5, 0.5, 0.5};
    volume.hu.assign(volume.grid.voxels(), static_cast<std::int16_t>(soft_hu));
    std::vector<std::size_t> cube;
    for (int k = 20; k < 140; ++k)
        for (int j = 20; j < 140; ++j)
            for (int i = 20; i < 140; ++i) cube.push_back(volume.grid.offset({i, j, k}));
    for (const auto n : cube) volume.hu[n] = static_cast<std::int16_t>(settled_hu);
    CHECK(fluid_of(volume, cube).empty());
    CHECK(fluid_of(volume, {cube.front()}).empty());
}
