// What names vertebrae, each on a volume or a straightened block that shows little else.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/spine/body_depth.hpp"
#include "analysis/spine/lung.hpp"
#include "analysis/spine/pelvis.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/skull.hpp"
#include "analysis/spine/spinous.hpp"

using namespace calcinode;
using namespace calcinode::spine;

namespace {

constexpr std::int16_t soft = 50, bone = 500, lung = -850;

// A straightened block painted place by place.
Straight painted(int length, const std::function<int(CurvedPoint)>& hu) {
    Straight straight;
    auto& block = straight.hu;
    block.size = {2 * half_width_mm + 1, front_mm + back_mm + 1, length};
    for (int k = 0; k < length; ++k)
        for (int j = 0; j < block.size[1]; ++j)
            for (int i = 0; i < block.size[0]; ++i)
                block.values.push_back(static_cast<std::int16_t>(hu(Straight::place(i, j, k))));
    return straight;
}

// A volume of 2 mm voxels around a canal that runs straight down its middle: in it s, u and v are millimetres
// below the top, to the left and to the back of the canal.
struct Around {
    Volume volume;
    Frame frame;

    Around(int length_mm, const std::function<int(CurvedPoint)>& hu)
        : volume(paint(length_mm, hu)), frame({{{0, 0, 0}, 8, 1}, {{0, 0, -(length_mm - 1.0)}, 8, 1}}) {}

    static Volume paint(int length_mm, const std::function<int(CurvedPoint)>& hu) {
        constexpr int half_mm = 100;
        Volume volume;
        auto& grid = volume.grid;
        grid.size = {half_mm + 1, half_mm + 1, length_mm / 2};
        grid.spacing_mm = {2, 2, 2};
        grid.origin = {-half_mm, -half_mm, -(2.0 * (grid.size[2] - 1))};
        for (int k = 0; k < grid.size[2]; ++k)
            for (int j = 0; j < grid.size[1]; ++j)
                for (int i = 0; i < grid.size[0]; ++i) {
                    const LpsPoint p = grid.to_lps(i, j, k);
                    volume.hu.push_back(static_cast<std::int16_t>(hu({-p.z, p.x, p.y})));
                }
        return volume;
    }
};

// Ribs that start beside the spine at `first`, then each `pitch` further down, falling by `fall` outward.
bool in_rib(CurvedPoint p, double first, double pitch, double fall) {
    const double out = std::abs(p.u) - 22;
    if (out < 0 || std::abs(p.v - 8) > 6) return false;
    const double along = p.s - first - fall * out;
    return along > -5 && std::abs(along - pitch * std::round(along / pitch)) < 5;
}

}  // namespace

TEST_CASE("the first rib is found below a neck, not in the middle of a thorax") {
    const Around neck(200, [](CurvedPoint p) { return in_rib(p, 100, 22, 0.3) ? bone : soft; });
    const auto top = first_rib_top(find_ribs(neck.volume, neck.frame, 1), {}, 0);
    REQUIRE(top);
    CHECK(std::abs(*top - 97) <= 6);

    const Around thorax(200, [](CurvedPoint p) { return in_rib(p, -220, 22, 0.3) ? bone : soft; });
    CHECK_FALSE(first_rib_top(find_ribs(thorax.volume, thorax.frame, 1), {}, 0));
}

TEST_CASE("screws and rods beside the spine are no ribs, and hide where ribs begin") {
    constexpr std::int16_t titanium = 3000;
    const auto screwed = [](CurvedPoint p, int otherwise) {
        const bool screw =
            std::abs(p.s - 100) < 4 && std::abs(std::abs(p.u) - 15) < 4 && std::abs(p.v - 10) < 8;
        return screw ? titanium : otherwise;
    };
    const auto like_ribs = [&](CurvedPoint p) { return screwed(p, in_rib(p, 100, 22, 0.3) ? bone : soft); };
    const Around lumbar(200, like_ribs);
    const auto ribs = find_ribs(lumbar.volume, lumbar.frame, 1);
    CHECK(std::isnan(ribs.contrast_hu[100]));
    CHECK_FALSE(first_rib_top(ribs, {}, 0));
}

TEST_CASE("transverse processes and vessels are no ribs") {
    const Around lumbar(200, [](CurvedPoint p) {
        const bool process = std::abs(p.u) < 42 && std::abs(p.v - 8) < 5 && std::fmod(p.s, 34) < 10;
        const bool vessel = std::hypot(std::abs(p.u) - 45, p.v + 8) < 5;
        return process || vessel ? bone : soft;
    });
    const auto ribs = find_ribs(lumbar.volume, lumbar.frame, 1);
    const auto highest = std::ranges::max(ribs.contrast_hu, [](double a, double b) {
        return (std::isnan(a) ? -1e9 : a) < (std::isnan(b) ? -1e9 : b);
    });
    CHECK(highest < even_contrast_hu);
    CHECK_FALSE(first_rib_top(ribs, {}, 0));
}

TEST_CASE("the lung's apex is known only where something else is in view above it") {
    const auto with_lung_from = [](double apex) {
        return [apex](CurvedPoint p) { return p.s > apex && std::abs(p.u) > 12 && p.v < 0 ? lung : soft; };
    };
    const Around neck(160, with_lung_from(90));
    const auto below_neck = find_lung(neck.volume, neck.frame);
    REQUIRE(below_neck.apex_s);
    CHECK(std::abs(*below_neck.apex_s - 91) <= 2);

    const Around thorax(160, with_lung_from(-10));
    const auto within = find_lung(thorax.volume, thorax.frame);
    CHECK(within.base_s);
    CHECK_FALSE(within.apex_s);
}

TEST_CASE("the iliac crests are broad bone under a waist; ribs have gaps") {
    const Around lumbar(240, [](CurvedPoint p) {
        const bool ilium = p.s > 150 && std::abs(p.u) > 50 && std::abs(p.v - 10) < 8;
        return ilium || (p.s < 60 && in_rib(p, -220, 24, 0.5)) ? bone : soft;
    });
    const auto crest = iliac_crest(lumbar.volume, lumbar.frame);
    REQUIRE(crest);
    CHECK(std::abs(*crest - 151) <= 3);

    const Around thorax(240, [](CurvedPoint p) { return in_rib(p, 80, 24, 0.5) ? bone : soft; });
    CHECK_FALSE(iliac_crest(thorax.volume, thorax.frame));
}

TEST_CASE("the occiput is the lowest broad bone behind the neck, also of a tilted head") {
    for (const double tilt : {0.0, 0.4, -0.4}) {
        CAPTURE(tilt);
        const auto head = painted(120, [tilt](CurvedPoint p) {
            const bool plate = p.v > 12 && std::abs(p.s - 30 - tilt * p.u) < 4;
            const bool process = p.s > 40 && std::abs(p.u) < 6 && p.v > 10 && std::fmod(p.s, 17) < 8;
            return plate || process ? 900 : soft;
        });
        CHECK(std::abs(lowest_occiput(head) - 33) <= 5);
    }
    CHECK(lowest_occiput(painted(80, [](CurvedPoint) { return soft; })) == -1);
}

TEST_CASE("the dens stands out where it meets the arch of C1") {
    const auto neck = [](int dens_hu) {
        return painted(160, [dens_hu](CurvedPoint p) {
            const bool column = std::abs(p.u) < 8 && p.v < -8 && p.v > -24;
            if (!column || p.s < 22) return static_cast<int>(soft);
            return p.s < 38 ? dens_hu : 300;
        });
    };
    CHECK(std::abs(dens_behind_arch(neck(700), 28) - 30) <= 6);
    CHECK(dens_behind_arch(neck(310), 28) == -1);
}

TEST_CASE("spinous processes: level in the loins, steep in the middle of the thorax") {
    for (const double degrees : {0.0, 20.0, 45.0, 65.0}) {
        CAPTURE(degrees);
        const double slope = std::tan(degrees * 3.14159265 / 180);
        const auto spine = painted(160, [slope](CurvedPoint p) {
            const double across = (p.s - slope * (p.v - 8)) / std::hypot(1, slope);
            return p.v > 8 && std::abs(p.u) < 4 && std::abs(std::remainder(across, 16)) < 4 ? bone : soft;
        });
        const auto slopes = spinous_slopes(spine);
        CHECK(slopes[80].clearness > 0.4);
        CHECK(std::abs(slopes[80].degrees - degrees) < 6);
    }
}

TEST_CASE("a body's depth is measured from the canal's front to its own") {
    for (const int depth : {16, 26, 34}) {
        CAPTURE(depth);
        const auto column = painted(60, [depth](CurvedPoint p) {
            return std::abs(p.u) < 12 && p.v < -7 && p.v > -7 - depth ? 200 : static_cast<int>(soft);
        });
        CHECK(std::abs(body_depths(column)[30] - depth) <= 1.5);
    }
    // Where the front is out of the volume nothing is said.
    const auto cut = painted(60, [](CurvedPoint p) { return p.v < -20 ? -1024 : 200; });
    CHECK(std::isnan(body_depths(cut)[30]));
}
