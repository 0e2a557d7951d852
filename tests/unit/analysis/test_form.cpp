#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "analysis/deposits/form.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

constexpr int side = 48;  // millimetres of the volume
constexpr std::int16_t muscle = 50;

Volume muscle_block(std::array<double, 3> spacing_mm = {1, 1, 1}) {
    Volume volume;
    volume.grid.spacing_mm = spacing_mm;
    for (std::size_t a = 0; a < 3; ++a)
        volume.grid.size[a] = static_cast<int>(std::lround(side / spacing_mm[a]));
    volume.hu.assign(volume.grid.voxels(), muscle);
    return volume;
}

// Sets what is `inside` (millimetres from the middle) to `hu`, and returns its voxels.
std::vector<std::size_t> add(Volume& volume, std::int16_t hu, const std::function<bool(Vec3)>& inside) {
    std::vector<std::size_t> voxels;
    const Vec3 middle{side / 2.0, side / 2.0, side / 2.0};
    for (std::size_t n = 0; n < volume.hu.size(); ++n)
        if (inside(volume.grid.to_lps(volume.grid.index(n)) - middle)) {
            volume.hu[n] = hu;
            voxels.push_back(n);
        }
    return voxels;
}

auto ball(double radius_mm, Vec3 centre = {}) {
    return [=](Vec3 p) { return distance(p, centre) <= radius_mm; };
}

// The mass in the middle, as it is seen in a block of the same voxels.
double standing_out_in(const Volume& volume, const std::vector<std::size_t>& voxels, double hu) {
    Candidate candidate;
    candidate.voxels.assign(voxels.begin(), voxels.end());
    candidate.volume_mm3 = static_cast<double>(voxels.size());
    return standing_out(candidate, {volume.grid.size, {volume.hu.begin(), volume.hu.end()}},
                        candidate.volume_mm3, hu);
}

}  // namespace

TEST_CASE("a ball is compact, whatever its size and voxels; what is long, flat or in pieces is less so") {
    for (const auto spacing : {std::array{1.0, 1.0, 1.0}, std::array{0.5, 0.5, 2.0}})
        for (const double radius : {3.0, 6.0, 10.0}) {
            auto volume = muscle_block(spacing);
            const auto voxels = add(volume, 500, ball(radius));
            CHECK(compactness(volume.grid, voxels) == doctest::Approx(1).epsilon(0.06));
        }
    auto volume = muscle_block();
    const auto of = [&](const std::function<bool(Vec3)>& inside) {
        return compactness(volume.grid, add(volume, 500, inside));
    };
    CHECK(of([](Vec3 p) { return std::abs(p.x) <= 10 && std::hypot(p.y, p.z) <= 2; }) < 0.5);
    CHECK(of([](Vec3 p) { return std::abs(p.x) <= 1 && std::hypot(p.y, p.z) <= 8; }) < 0.6);
    CHECK(of([](Vec3 p) { return ball(4, {-8, 0, 0})(p) || ball(4, {8, 0, 0})(p); }) < 0.4);
    CHECK(of([](Vec3) { return true; }) > 0.6);  // a cube
}

TEST_CASE("what stands free stands out down to soft tissue, whatever lies close by") {
    auto volume = muscle_block();
    const auto voxels = add(volume, 250, ball(4));
    add(volume, 900, [](Vec3 p) { return p.x > 6; });  // bone, 2 mm away
    CHECK(standing_out_in(volume, voxels, 250) == 1);
}

TEST_CASE("what hangs together with bone stands out down to the bridge between them") {
    const auto with_bridge_of = [](std::int16_t hu) {
        auto volume = muscle_block();
        add(volume, 700, [](Vec3 p) { return p.x > 6; });
        add(volume, hu, [](Vec3 p) { return p.x > 3 && p.x <= 6 && std::hypot(p.y, p.z) < 3; });
        return standing_out_in(volume, add(volume, 250, ball(4)), 250);
    };
    CHECK(with_bridge_of(150) == doctest::Approx(0.5).epsilon(0.05));
    CHECK(with_bridge_of(100) > with_bridge_of(150));
    CHECK(with_bridge_of(300) == 0);
}

TEST_CASE("a rim or a texture of its own is not what something hangs together with") {
    auto volume = muscle_block();
    add(volume, 120, ball(6));
    auto voxels = add(volume, 300, ball(5));
    for (std::size_t n = 0; n < voxels.size(); n += 3) volume.hu[voxels[n]] = 240;
    CHECK(standing_out_in(volume, voxels, 300) == 1);
}
