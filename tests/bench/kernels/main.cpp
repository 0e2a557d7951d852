// Our image kernels beside ITK's, on one volume in one run, both on two threads. Ours must be at least twice
// as fast, or ITK's is what we should use. Exit status 1 where results disagree.
//
// BENCH_RUNS: how often each is run (default 5); the figures are medians.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "agreement.hpp"
#include "analysis/kernels/components.hpp"
#include "analysis/kernels/distance.hpp"
#include "analysis/kernels/gaussian.hpp"
#include "analysis/kernels/morphology.hpp"
#include "comparison.hpp"
#include "itk_kernels.hpp"
#include "scene.hpp"

using namespace calcinode;
using bench::Comparison;

namespace {

constexpr int threads = 2;
using HuView = std::span<const std::int16_t>;

const auto hu_difference = [](const kernels::Block& ours, const bench::ItkResult<std::int16_t>& itk) {
    return bench::largest_difference(HuView(ours.values), itk.values);
};

Comparison time_components(const bench::Scene& scene, int runs) {
    Comparison row{.kernel = "connected components", .size = scene.block.size, .unit = "voxels"};
    bench::compare(
        row, runs, [&] { return kernels::components(scene.mask, scene.block.size, threads); },
        [&] { return bench::itk_components(scene.mask, scene.block.size); },
        [](const auto& ours, const auto& itk) {
            return bench::differently_labelled(ours.label, itk.values);
        });
    return row;
}

Comparison time_distance(const bench::Scene& scene, int runs) {
    const auto& spacing = scene.volume.grid.spacing_mm;
    Comparison row{.kernel = "distance transform", .size = scene.block.size, .tolerance = 1e-3, .unit = "mm"};
    bench::compare(
        row, runs, [&] { return kernels::distance_mm(scene.bone, scene.block.size, spacing, threads); },
        [&] { return bench::itk_distance_mm(scene.bone, scene.block.size, spacing); },
        [](const auto& ours, const auto& itk) {
            return bench::largest_difference_outside(ours, itk.values);
        });
    return row;
}

// ITK has two: the ratio that counts is to the faster.
std::vector<Comparison> time_smoothing(const bench::Scene& scene, int runs) {
    constexpr double sigma = 1;
    const auto ours = [&] { return kernels::gaussian(scene.block, sigma, threads); };
    // ITK's discrete kernel is that of diffusion on a grid, not samples of a Gaussian: narrower at a standard
    // deviation of one voxel. Its recursive filter approximates the samples.
    std::vector<Comparison> rows{
        {.kernel = "smoothing, ITK's discrete", .size = scene.block.size, .tolerance = 50, .unit = "HU"},
        {.kernel = "smoothing, ITK's recursive", .size = scene.block.size, .tolerance = 20, .unit = "HU"}};
    bench::compare(
        rows[0], runs, ours, [&] { return bench::itk_discrete_gaussian(scene.block, sigma); }, hu_difference);
    bench::compare(
        rows[1], runs, ours, [&] { return bench::itk_recursive_gaussian(scene.block, sigma); },
        hu_difference);
    std::ranges::max_element(rows, {}, bench::ratio)->counts = false;
    return rows;
}

Comparison time_resampling(const bench::Scene& scene, int runs) {
    // ITK cuts off what we round.
    Comparison row{.kernel = "resampling, trilinear", .size = scene.block.size, .tolerance = 1, .unit = "HU"};
    bench::compare(
        row, runs, [&] { return kernels::resample(scene.volume, scene.oblique, scene.block.size, threads); },
        [&] { return bench::itk_resample(scene.block, scene.oblique, scene.block.size); }, hu_difference);
    return row;
}

Comparison time_opening(const bench::Scene& scene, unsigned itk_radius, int runs) {
    const double radius = itk_radius + 0.5;  // the same ball
    char name[64];
    std::snprintf(name, sizeof name, "grey opening, ball of %.1f voxels", radius);
    Comparison row{.kernel = name, .size = scene.block.size, .unit = "HU"};
    constexpr int enough = 3;  // ITK's takes long
    bench::compare(
        row, std::min(runs, enough), [&] { return kernels::open(scene.block, radius, threads); },
        [&] { return bench::itk_open(scene.block, itk_radius); }, hu_difference);
    return row;
}

}  // namespace

int main() {
    const char* wanted = std::getenv("BENCH_RUNS");
    const int runs = std::max(1, wanted ? std::atoi(wanted) : 5);
    bench::set_itk_threads(threads);
    const bench::Scene scene = bench::make_scene();

    std::vector<Comparison> rows{time_components(scene, runs), time_distance(scene, runs)};
    std::ranges::move(time_smoothing(scene, runs), std::back_inserter(rows));
    rows.push_back(time_resampling(scene, runs));
    rows.push_back(time_opening(scene, 2, runs));
    bench::print(rows);
    std::printf("(a synthetic neck, %d threads each, medians of %d runs in turns; required: ratio of 2)\n",
                threads, runs);
    const auto agrees = [](const Comparison& row) { return row.difference <= row.tolerance; };
    return std::ranges::all_of(rows, agrees) ? EXIT_SUCCESS : EXIT_FAILURE;
}
