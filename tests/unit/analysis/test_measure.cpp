#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "analysis/deposits/measure.hpp"
#include "analysis/deposits/partial_volume.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

using Spacing = std::array<double, 3>;

constexpr double soft_hu = 50, inside_hu = 600, blur_sd_mm = 0.5, noise_sd_hu = 20;

// A ball of radius R, blurred by a Gaussian, at distance r from its centre (in closed form).
double blurred_ball(double r, double R) {
    const double s = blur_sd_mm, d = std::max(r, 1e-6);
    const double edge =
        std::exp(-(d - R) * (d - R) / (2 * s * s)) - std::exp(-(d + R) * (d + R) / (2 * s * s));
    return (std::erf((R + d) / (std::numbers::sqrt2 * s)) + std::erf((R - d) / (std::numbers::sqrt2 * s))) /
               2 -
           s / (d * std::sqrt(2 * std::numbers::pi)) * edge;
}

// Its mean over the voxel around `v`.
double voxel_mean(const Grid& grid, VoxelIndex v, LpsPoint centre, double R) {
    const auto middle = grid.to_lps(v);
    const double half_diagonal = std::hypot(grid.spacing_mm[0], grid.spacing_mm[1], grid.spacing_mm[2]) / 2;
    const double far = distance(middle, centre);
    if (far > R + half_diagonal + 4 * blur_sd_mm) return 0;
    if (far < R - half_diagonal - 4 * blur_sd_mm) return 1;
    std::array<int, 3> parts{};
    for (std::size_t a = 0; a < 3; ++a) parts[a] = std::max(2, static_cast<int>(grid.spacing_mm[a] / 0.3));
    const auto part = [&](std::size_t a, int n) { return (n + 0.5) / parts[a] - 0.5; };
    double sum = 0;
    for (int c = 0; c < parts[2]; ++c)
        for (int b = 0; b < parts[1]; ++b)
            for (int a = 0; a < parts[0]; ++a)
                sum += blurred_ball(
                    distance(grid.to_lps(v.i + part(0, a), v.j + part(1, b), v.k + part(2, c)), centre), R);
    return sum / (parts[0] * parts[1] * parts[2]);
}

struct Ball {
    Volume volume;
    LpsPoint centre;
    double radius_mm;
};

// A ball in soft tissue; `random` decides where it lies between the voxels, and the noise.
Ball ball_of(double volume_mm3, const Spacing& spacing, std::mt19937& random) {
    Ball ball;
    ball.radius_mm = std::cbrt(volume_mm3 * 3 / (4 * std::numbers::pi));
    auto& grid = ball.volume.grid;
    grid.spacing_mm = spacing;
    std::array<double, 3> middle{};
    for (std::size_t a = 0; a < 3; ++a) {
        const int half = static_cast<int>(std::ceil((ball.radius_mm + 8) / spacing[a]));
        grid.size[a] = 2 * half + 1;
        middle[a] = half + std::uniform_real_distribution<double>(-0.5, 0.5)(random);
    }
    ball.centre = grid.to_lps(middle[0], middle[1], middle[2]);
    ball.volume.hu.resize(grid.voxels());
    std::normal_distribution<double> noise(0, noise_sd_hu);
    for (std::size_t n = 0; n < grid.voxels(); ++n) {
        const auto nx = static_cast<std::size_t>(grid.size[0]), ny = static_cast<std::size_t>(grid.size[1]);
        const VoxelIndex v{static_cast<int>(n % nx), static_cast<int>(n / nx % ny),
                           static_cast<int>(n / nx / ny)};
        const double share = voxel_mean(grid, v, ball.centre, ball.radius_mm);
        ball.volume.hu[n] =
            static_cast<std::int16_t>(std::lround(soft_hu + (inside_hu - soft_hu) * share + noise(random)));
    }
    return ball;
}

std::vector<std::size_t> voxels_above(const Volume& volume, double share) {
    std::vector<std::size_t> voxels;
    for (std::size_t n = 0; n < volume.hu.size(); ++n)
        if (volume.hu[n] > soft_hu + (inside_hu - soft_hu) * share) voxels.push_back(n);
    return voxels;
}

// A canal's line that runs `beside_mm` to the left of the volume's middle, through soft tissue.
spine::Frame frame_beside(const Grid& grid, double beside_mm) {
    std::vector<spine::CanalPoint> line;
    const auto top = grid.to_lps(grid.size[0] / 2, grid.size[1] / 2, grid.size[2] - 1);
    const int length = static_cast<int>((grid.size[2] - 1) * grid.spacing_mm[2]);
    for (int s = 0; s <= length; ++s) line.push_back({{top.x + beside_mm, top.y, top.z - s}, 8, 1});
    return spine::Frame(line);
}

Deposit measured(const Ball& ball, double threshold_share) {
    return measure_deposit(ball.volume, frame_beside(ball.volume.grid, 60),
                           voxels_above(ball.volume, threshold_share));
}

double volume_error_percent(double volume_mm3, const Spacing& spacing, double threshold_share,
                            std::mt19937& random) {
    return 100 *
           (measured(ball_of(volume_mm3, spacing, random), threshold_share).volume_mm3 / volume_mm3 - 1);
}

constexpr std::array<Spacing, 3> usual_spacings{{{0.45, 0.45, 0.8}, {0.78, 0.78, 1}, {1, 1, 2.5}}};
constexpr std::array<double, 3> thresholds{0.4, 0.5, 0.6};

}  // namespace

TEST_CASE("a ball's volume is right within 5 % from 0.5 ml on, whatever the voxels and the threshold") {
    std::mt19937 random(1);
    for (const auto& spacing : usual_spacings)
        for (const double volume_mm3 : {500.0, 1000.0, 2000.0, 5000.0})
            for (const double threshold : thresholds) {
                CAPTURE(spacing[0]);
                CAPTURE(volume_mm3);
                CAPTURE(threshold);
                CHECK(std::abs(volume_error_percent(volume_mm3, spacing, threshold, random)) < 5);
            }
}

TEST_CASE("the volume of 0.1 to 0.3 ml is right within 10 %") {
    std::mt19937 random(2);
    for (const auto& spacing : usual_spacings)
        for (const double volume_mm3 : {100.0, 200.0, 300.0})
            for (const double threshold : thresholds)
                for (int again = 0; again < 3; ++again) {
                    CAPTURE(spacing[0]);
                    CAPTURE(volume_mm3);
                    CAPTURE(threshold);
                    CHECK(std::abs(volume_error_percent(volume_mm3, spacing, threshold, random)) < 10);
                }
}

// Smaller ones have no voxel of 3 mm that is all deposit: their density, and so their volume, can't be known.
TEST_CASE("in voxels of 3 mm the volume is right within 10 % from 0.3 ml on") {
    std::mt19937 random(3);
    for (const double volume_mm3 : {300.0, 500.0, 1000.0, 2000.0, 5000.0})
        for (const double threshold : thresholds)
            for (int again = 0; again < 3; ++again) {
                CAPTURE(volume_mm3);
                CAPTURE(threshold);
                CHECK(std::abs(volume_error_percent(volume_mm3, {3, 3, 3}, threshold, random)) < 10);
            }
}

TEST_CASE("a denser spot in a thin deposit does not pass for all of its inside") {
    std::mt19937 random(5);
    for (const double volume_mm3 : {200.0, 300.0}) {
        auto ball = ball_of(volume_mm3, {1, 1, 2.5}, random);
        const auto voxels = voxels_above(ball.volume, 0.5);
        const auto& grid = ball.volume.grid;
        for (const auto n : voxels)
            if (distance(grid.to_lps(grid.index(n)), ball.centre + Vec3{1.2, 0, 0}) < 1.2)
                ball.volume.hu[n] = static_cast<std::int16_t>(ball.volume.hu[n] + 200);
        const auto deposit = measure_deposit(ball.volume, frame_beside(grid, 60), voxels);
        CHECK(deposit.volume_mm3 == doctest::Approx(volume_mm3).epsilon(0.1));
    }
}

TEST_CASE("marrow beside a deposit, which is less dense than that and denser than muscle, does not count") {
    std::mt19937 random(6);
    auto ball = ball_of(1000, {0.78, 0.78, 1}, random);
    const auto voxels = voxels_above(ball.volume, 0.5);
    const auto& grid = ball.volume.grid;
    for (std::size_t n = 0; n < ball.volume.hu.size(); ++n) {
        const auto at = grid.to_lps(grid.index(n));
        if (at.x > ball.centre.x && !std::ranges::binary_search(voxels, n))
            ball.volume.hu[n] = std::max<std::int16_t>(ball.volume.hu[n], 220);
    }
    const double measured_mm3 = measure_deposit(ball.volume, frame_beside(grid, 60), voxels).volume_mm3;
    CHECK(measured_mm3 < 1000);
    CHECK(measured_mm3 > 920);
}

TEST_CASE("an edge to bone counts whole, and the bone does not count") {
    std::mt19937 random(4);
    const Spacing spacing{0.78, 0.78, 1};
    auto ball = ball_of(1000, spacing, random);
    const auto& grid = ball.volume.grid;
    // Bone from the ball's middle on to the left; the ball's other half is what is given.
    const auto voxels = voxels_above(ball.volume, 0.5);
    std::vector<std::size_t> right_half;
    double left_out = 0;
    for (std::size_t n = 0; n < ball.volume.hu.size(); ++n) {
        const auto i = static_cast<int>(n % static_cast<std::size_t>(grid.size[0]));
        const bool bone = i > grid.size[0] / 2;
        if (bone) ball.volume.hu[n] = 900;
        if (std::ranges::binary_search(voxels, n)) {
            if (bone)
                left_out += grid.voxel_mm3();
            else
                right_half.push_back(n);
        }
    }
    const auto deposit = measure_deposit(ball.volume, frame_beside(grid, 60), right_half);
    CHECK(deposit.volume_mm3 == doctest::Approx(1000 - left_out).epsilon(0.07));
}

TEST_CASE("the mask and the attenuation are those of the voxels given, the axis goes from edge to edge") {
    std::mt19937 random(5);
    const auto ball = ball_of(2000, {0.78, 0.78, 1}, random);
    const auto voxels = voxels_above(ball.volume, 0.5);
    const auto deposit = measured(ball, 0.5);
    double sum = 0;
    std::size_t inside = 0;
    for (const auto n : voxels) sum += ball.volume.hu[n];
    for (const auto one : deposit.mask.inside) inside += one;
    CHECK(inside == voxels.size());
    CHECK(deposit.mean_hu == doctest::Approx(sum / static_cast<double>(voxels.size())));
    CHECK(std::abs(deposit.long_axis_mm - 2 * ball.radius_mm) < 1);
    CHECK(distance(deposit.centroid, ball.centre) < 0.3);
}

TEST_CASE("what grows out of a joint is of the facet while a good part of it is there") {
    Ball ball;
    auto& grid = ball.volume.grid;
    grid.size = {60, 60, 8};
    grid.spacing_mm = {1, 1, 2};
    ball.volume.hu.assign(grid.voxels(), 50);
    const auto frame = frame_beside(grid, 0);
    const auto compartment = [&](double front_mm, double back_mm) {
        std::vector<std::size_t> voxels;
        for (std::size_t n = 0; n < grid.voxels(); ++n) {
            const auto at = frame.to_curved(grid.to_lps(grid.index(n)));
            if (std::abs(at.u - 16) < 4 && at.v > front_mm && at.v < back_mm) voxels.push_back(n);
        }
        return measure_deposit(ball.volume, frame, voxels).compartment;
    };
    CHECK(compartment(4, 14) == Compartment::facet);
    CHECK(compartment(10, 26) == Compartment::facet);  // its centre is behind the joint
    CHECK(compartment(15, 29) == Compartment::paraspinal);
}

TEST_CASE("one voxel has a voxel's length and no spread") {
    Ball ball;
    ball.volume.grid.size = {20, 20, 20};
    ball.volume.grid.spacing_mm = {1, 1, 2.5};
    ball.volume.hu.assign(ball.volume.grid.voxels(), 50);
    const auto n = ball.volume.grid.offset({10, 10, 10});
    ball.volume.hu[n] = 800;
    const auto deposit = measure_deposit(ball.volume, frame_beside(ball.volume.grid, 30), {n});
    CHECK(deposit.long_axis_mm == doctest::Approx(2.5));
    CHECK(deposit.sd_hu == 0);
    CHECK(deposit.volume_mm3 == doctest::Approx(2.5).epsilon(0.01));
}

TEST_CASE("fluid above a level counts as much as what has settled, in voxels that leave no inside as well") {
    Volume volume;
    volume.grid.size = {20, 20, 20};
    volume.grid.spacing_mm = {3, 3, 3};
    volume.hu.assign(volume.grid.voxels(), static_cast<std::int16_t>(soft_hu));
    std::vector<std::size_t> all, fluid;  // a plate of two voxels, the front half of it fluid
    for (int k = 8; k < 10; ++k)
        for (int j = 6; j < 12; ++j)
            for (int i = 8; i < 10; ++i) {
                const auto n = volume.grid.offset({i, j, k});
                volume.hu[n] = static_cast<std::int16_t>(j < 9 ? 170 : inside_hu);
                all.push_back(n);
                if (j < 9) fluid.push_back(n);
            }
    const spine::Frame frame(std::vector<spine::CanalPoint>{{{28, 45, 50}, 8, 1}, {{28, 45, 5}, 8, 1}});
    const auto deposit = measure_deposit(volume, frame, all, fluid);
    CHECK(deposit.fluid_mm3 == doctest::Approx(12 * 27));
    CHECK(deposit.volume_mm3 == doctest::Approx(24 * 27).epsilon(0.05));
    CHECK(measure_deposit(volume, frame, all).volume_mm3 < 0.8 * 24 * 27);  // by shares of what has settled
}
