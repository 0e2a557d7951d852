// The phantom's anatomy and deposits, measured in the volume it gives.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "phantom/phantom.hpp"

using namespace calcinode;
using namespace calcinode::phantom;

namespace {

PhantomOptions coarse(std::uint64_t seed = 1) {  // the same neck on an eighth of the voxels
    PhantomOptions options;
    options.seed = seed;
    options.size = {160, 160, 100};
    options.spacing_mm = {1.2, 1.2, 1.8};
    return options;
}

double mean_around(const Volume& volume, LpsPoint centre, double radius_mm) {
    double sum = 0;
    int count = 0;
    const Vec3 c = volume.grid.to_index(centre);
    const auto reach = [&](std::size_t a) {
        return static_cast<int>(radius_mm / volume.grid.spacing_mm[a]) + 1;
    };
    for (int k = -reach(2); k <= reach(2); ++k)
        for (int j = -reach(1); j <= reach(1); ++j)
            for (int i = -reach(0); i <= reach(0); ++i) {
                const VoxelIndex v{int(std::lround(c.x)) + i, int(std::lround(c.y)) + j,
                                   int(std::lround(c.z)) + k};
                if (!volume.grid.contains(v) || distance(volume.grid.to_lps(v), centre) > radius_mm) continue;
                sum += volume.at(v);
                ++count;
            }
    return count == 0 ? -9999 : sum / count;
}

// The densest voxel on the way from `from` for `length_mm` along `direction`.
double densest_on_ray(const Volume& volume, LpsPoint from, Vec3 direction, double length_mm) {
    double densest = -9999;
    for (double t = 0; t <= length_mm; t += 0.4) {
        const Vec3 at = volume.grid.to_index(from + direction * t);
        const VoxelIndex v{int(std::lround(at.x)), int(std::lround(at.y)), int(std::lround(at.z))};
        if (volume.grid.contains(v)) densest = std::max(densest, double(volume.at(v)));
    }
    return densest;
}

}  // namespace

TEST_CASE("bodies are marrow, the canal is soft tissue, and bone closes the canal") {
    PhantomTruth truth;
    PhantomOptions options;  // finer than the others: a lamina is 3 mm thick
    options.size = {240, 240, 150};
    options.spacing_mm = {0.8, 0.8, 1.2};
    const Volume volume = make_volume(options, truth);
    REQUIRE(truth.bodies.size() >= 8);
    int closed = 0;
    for (const auto& body : truth.bodies) {
        CAPTURE(body.level);
        const double canal = mean_around(volume, body.canal, 4);
        CHECK(canal > -20);
        CHECK(canal < 90);
        if (body.level == "C1") continue;  // no body: the dens stands there
        const double marrow = mean_around(volume, body.body, 4);
        CHECK(marrow > 150);
        CHECK(marrow < 400);
        // Somewhere within the height of the arch one plane has bone on all sides.
        bool ring = false;
        for (double dz = -6; dz <= 6 && !ring; dz += 1) {
            ring = true;
            for (int step = 0; step < 16 && ring; ++step) {
                const double angle = step * 3.14159265 / 8;
                ring = densest_on_ray(volume, body.canal + Vec3{0, 0, dz},
                                      {std::cos(angle), std::sin(angle), 0}, 19) > 250;
            }
        }
        closed += ring ? 1 : 0;
    }
    CHECK(closed >= static_cast<int>(truth.bodies.size()) - 2);
}

TEST_CASE("the same options give the same voxels, another seed another person") {
    PhantomOptions options = coarse(7);
    options.size = {80, 80, 50};
    options.spacing_mm = {2.4, 2.4, 3.6};
    const Volume first = make_volume(options);
    CHECK(first.hu == make_volume(options).hu);
    options.seed = 8;
    CHECK(first.hu != make_volume(options).hu);
}

TEST_CASE("the corners are air, and noise is there and moderate") {
    PhantomTruth truth;
    const Volume volume = make_volume(coarse(3), truth);
    CHECK(mean_around(volume, volume.grid.origin + Vec3{6, 6, 170}, 5) < -950);
    const LpsPoint cord = truth.bodies[4].canal;
    double sum = 0, squares = 0;
    const Vec3 c = volume.grid.to_index(cord);
    for (int j = -1; j <= 1; ++j)
        for (int i = -2; i <= 2; ++i)
            for (int k = -2; k <= 2; ++k) {
                const double hu = volume.at({int(c.x) + i, int(c.y) + j, int(c.z) + k});
                sum += hu;
                squares += hu * hu;
            }
    const double deviation = std::sqrt(squares / 75 - (sum / 75) * (sum / 75));
    CHECK(deviation > 8);
    CHECK(deviation < 35);
}

TEST_CASE("a deposit has the volume and the attenuation that were asked for") {
    const Volume without = make_volume(coarse(2));
    for (const char* text : {"C4:facet_left:4:700", "C5:facet_right:0.5:900", "C6:paraspinal_right:10:450",
                             "C3:posterior:3:800", "C5:prevertebral:2:600", "C6:canal:0.6:600"}) {
        CAPTURE(text);
        PhantomOptions options = coarse(2);
        options.deposits.push_back(parse_deposit(text).value());
        PhantomTruth truth;
        const Volume with = make_volume(options, truth);
        REQUIRE(truth.deposits.size() == 1);
        const auto& deposit = truth.deposits[0];
        CHECK(deposit.volume_mm3 == doctest::Approx(deposit.spec.volume_ml * 1000).epsilon(0.05));
        // The same from the image: all that was added, over what one full voxel adds on muscle.
        double added = 0;
        double densest = 0;
        bool lowered_bone = false;
        for (std::size_t n = 0; n < with.hu.size(); ++n) {
            const int change = with.hu[n] - without.hu[n];
            added += change;
            if (change > 100) densest = std::max(densest, double(with.hu[n]));
            if (without.hu[n] > 800 && change < -60) lowered_bone = true;
        }
        const double volume = added * with.grid.voxel_mm3() / (deposit.spec.hu - 30);
        CHECK(volume == doctest::Approx(deposit.spec.volume_ml * 1000).epsilon(0.15));
        CHECK(densest > 0.9 * deposit.spec.hu);
        CHECK_FALSE(lowered_bone);
    }
}

TEST_CASE("deposits are on the side and at the level that were asked for") {
    PhantomOptions options = coarse(5);
    options.deposits = {
        {"C5", "facet_left", 1, 700}, {"C5", "facet_right", 1, 700}, {"C5", "posterior", 1, 700}};
    PhantomTruth truth;
    make_volume(options, truth);
    const auto c5 = *std::ranges::find(truth.bodies, "C5", &PhantomTruth::Body::level);
    CHECK(truth.deposits[0].centroid.x > c5.canal.x + 10);  // x grows to the patient's left
    CHECK(truth.deposits[1].centroid.x < c5.canal.x - 10);
    CHECK(truth.deposits[2].centroid.y > c5.canal.y + 20);
    for (const auto& deposit : truth.deposits) CHECK(std::abs(deposit.centroid.z - c5.body.z) < 20);
}

TEST_CASE("a slip moves C3 and what is above forward on C4") {
    PhantomTruth straight, slipped;
    PhantomOptions options = coarse(4);
    options.size = {40, 40, 100};  // only the places are looked at
    options.spacing_mm = {4.8, 4.8, 1.8};
    make_volume(options, straight);
    options.slip_mm = 3.5;
    make_volume(options, slipped);
    for (std::size_t n = 0; n < straight.bodies.size(); ++n) {
        CAPTURE(straight.bodies[n].level);
        const double moved = straight.bodies[n].body.y - slipped.bodies[n].body.y;
        const bool above = straight.bodies[n].level <= "C3" && straight.bodies[n].level[0] == 'C';
        CHECK(moved == doctest::Approx(above ? 3.5 : 0.0).epsilon(0.1).scale(1));
    }
}
