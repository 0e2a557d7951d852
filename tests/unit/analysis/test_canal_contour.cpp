#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/deposits/measure.hpp"
#include "analysis/spine/canal_contour.hpp"

using namespace calcinode;
using namespace calcinode::spine;

namespace {

constexpr int length_mm = 80, middle = 40;  // voxels of 0.8 mm across, 1 mm along
constexpr double across_mm = 0.8;
constexpr double half_width_of_canal = 11, half_depth_of_canal = 8, shell_mm = 4;
constexpr int level_mm = 20, open_mm = 9;  // of each level so much has foramina on both sides

// A canal of elliptic section through bone, with foramina; deposits are put into it.
struct TestCanal {
    Volume volume;
    std::vector<std::size_t> deposit;

    TestCanal() {
        auto& grid = volume.grid;
        grid.size = {2 * middle + 1, 2 * middle + 1, length_mm};
        grid.spacing_mm = {across_mm, across_mm, 1};
        volume.hu.assign(grid.voxels(), 40);
        for_all([&](VoxelIndex v, double u, double w, double s) {
            const double inside = std::hypot(u / half_width_of_canal, w / half_depth_of_canal);
            const double outside =
                std::hypot(u / (half_width_of_canal + shell_mm), w / (half_depth_of_canal + shell_mm));
            const bool foramen = std::fmod(s, level_mm) < open_mm && std::abs(u) > std::abs(w);
            if (inside >= 1 && outside < 1 && !foramen) volume.hu[grid.offset(v)] = 600;
        });
    }

    template <class Do>
    void for_all(Do action) {
        const auto& size = volume.grid.size;
        for (int k = 0; k < size[2]; ++k)
            for (int j = 0; j < size[1]; ++j)
                for (int i = 0; i < size[0]; ++i)
                    action(VoxelIndex{i, j, k}, (i - middle) * across_mm, (j - middle) * across_mm,
                           static_cast<double>(size[2] - 1 - k));
    }

    // Fills what lies within the canal in front of the plane v = front, over the given heights.
    void fill_front(double front, double from_s, double to_s) {
        for_all([&](VoxelIndex v, double u, double w, double s) {
            if (s < from_s || s > to_s || w > front) return;
            if (std::hypot(u / half_width_of_canal, w / half_depth_of_canal) >= 1) return;
            volume.hu[volume.grid.offset(v)] = 700;
            deposit.push_back(volume.grid.offset(v));
        });
    }

    Frame frame() const {
        std::vector<CanalPoint> line;
        for (int s = 0; s < length_mm; ++s)
            line.push_back({volume.grid.to_lps(middle, middle, length_mm - 1 - s), 8, 1});
        return Frame(line);
    }
};

constexpr double canal_mm2 = std::numbers::pi * half_width_of_canal * half_depth_of_canal;

}  // namespace

TEST_CASE("the outline goes on through foramina as it is above and below them") {
    const TestCanal canal;
    const CanalContour contour(canal.volume, canal.frame(), 10, 70, [](VoxelIndex) { return false; });
    for (int s = 10; s <= 70; s += 5) {
        CAPTURE(s);
        CHECK(contour.area_mm2(s) == doctest::Approx(canal_mm2).epsilon(0.08));
    }
    CHECK(contour.inside(43, half_width_of_canal - 1, 0));
    CHECK_FALSE(contour.inside(43, half_width_of_canal + 1.5, 0));
    CHECK(contour.distance_mm(50, 0, half_depth_of_canal + 6) == doctest::Approx(6).epsilon(0.15));
}

TEST_CASE("a deposit that hides the wall does not narrow the canal that it is measured against") {
    for (const double front : {-4.0, 0.0, 4.0}) {
        TestCanal canal;
        canal.fill_front(front, 30, 46);
        const auto deposit = deposits::measure_deposit(canal.volume, canal.frame(), canal.deposit);
        // Of an ellipse, the part in front of a chord.
        const double t = front / half_depth_of_canal;
        const double expected = 100 * (0.5 + (t * std::sqrt(1 - t * t) + std::asin(t)) / std::numbers::pi);
        CAPTURE(front);
        CHECK(std::abs(deposit.canal_occupied_percent - expected) < 6);
        CHECK(deposit.compartment == Compartment::canal);
        CHECK(deposit.canal_distance_mm == 0);
    }
}

TEST_CASE("a deposit beside the canal takes nothing of it") {
    TestCanal canal;
    canal.for_all([&](VoxelIndex v, double u, double w, double s) {
        if (std::hypot(u - 24, w, s - 40) < 5) {
            canal.volume.hu[canal.volume.grid.offset(v)] = 700;
            canal.deposit.push_back(canal.volume.grid.offset(v));
        }
    });
    const auto deposit = deposits::measure_deposit(canal.volume, canal.frame(), canal.deposit);
    CHECK(deposit.canal_occupied_percent == 0);
    CHECK(deposit.canal_distance_mm == doctest::Approx(24 - 5 - half_width_of_canal).epsilon(0.15));
    CHECK(deposit.side == Side::left);
}
