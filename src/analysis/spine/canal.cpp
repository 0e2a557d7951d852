#include "analysis/spine/canal.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/kernels/coarse.hpp"
#include "analysis/spine/canal_check.hpp"
#include "analysis/spine/canal_path.hpp"
#include "analysis/spine/canal_reach.hpp"
#include "analysis/spine/canal_refine.hpp"
#include "analysis/spine/canal_stretch.hpp"
#include "analysis/spine/cranium.hpp"
#include "analysis/spine/enclosure.hpp"

namespace calcinode::spine {
namespace {

constexpr std::array<double, 3> coarse_mm{2.2, 2.2, 2.6};
constexpr double largest_recentre_mm = 6;
// Two vertebrae; the front of a chest gives up to 35 by chance. Below a skull, which is a landmark, C1 and
// C2.
constexpr double shortest_spine_mm = 45, shortest_below_skull_mm = 25;
constexpr double below_brain_mm =
    10;  // the foramen magnum is below the lowest slice with brain, or close to it
// Symmetry: spines have 0.44 to 0.7, a lumbar one with 3 mm voxels 0.3; hips, ilia, jaws and orbits up to
// 0.34. Arches: spines from 0.3 on, the front of a jaw none.
constexpr double least_symmetry_elsewhere = 0.26, least_symmetry_near_head = 0.32, full_symmetry = 0.42,
                 least_arches = 0.15;
constexpr double least_evidence_mm = 10;
constexpr int most_proposals = 4;
constexpr double rejected_radius_mm = 20;  // around a line that is no canal, or not the best

struct Proposal {
    BelowSkull found;
    double score = 0;  // millimetres of canal, by what speaks for it
    bool sure = false;
};

std::vector<CanalPoint> centred(const Volume& coarse, const EnclosureFinder& enclosures,
                                const std::vector<VoxelIndex>& path) {
    std::vector<CanalPoint> points;
    for (const auto v : path) {
        const auto enclosure = enclosures.at(v);
        const auto limit = [](float shift) {
            return std::clamp(static_cast<double>(shift), -largest_recentre_mm, largest_recentre_mm);
        };
        const double di = limit(enclosure.shift_x_mm) / coarse.grid.spacing_mm[0];
        const double dj = limit(enclosure.shift_y_mm) / coarse.grid.spacing_mm[1];
        points.push_back({coarse.grid.to_lps(v.i + di, v.j + dj, v.k), enclosure.radius_mm, enclosure.score});
    }
    return points;
}

double length_mm(const std::vector<CanalPoint>& line) {
    double sum = 0;
    for (std::size_t n = 1; n < line.size(); ++n) sum += distance(line[n - 1].centre, line[n].centre);
    return sum;
}

double evidence_mm(const std::vector<CanalPoint>& line) {
    double sum = 0;
    for (std::size_t n = 1; n < line.size(); ++n)
        sum += distance(line[n - 1].centre, line[n].centre) * line[n].enclosed;
    return sum;
}

std::optional<Proposal> proposal(const Volume& coarse, const EnclosureFinder& enclosures,
                                 const std::vector<VoxelIndex>& path, double least_symmetry) {
    auto line = canal_stretch(centred(coarse, enclosures, path), coarse.grid.spacing_mm[2]);
    if (line.empty()) return std::nullopt;
    auto above = beyond(coarse, enclosures, line, End::head);
    const auto below = beyond(coarse, enclosures, line, End::foot);
    std::ranges::reverse(above);
    line.insert(line.begin(), above.begin(), above.end());
    line.insert(line.end(), below.begin(), below.end());
    Proposal result{below_skull(coarse, refined(enclosures, std::move(line)))};
    const auto& found = result.found;
    const double shortest = found.ends_at_skull ? shortest_below_skull_mm : shortest_spine_mm;
    if (length_mm(found.line) - found.straight_on_mm < shortest) return std::nullopt;
    const auto likeness = likeness_of(coarse, found.line);
    const double evidence = evidence_mm(found.line);
    if (likeness.symmetry < least_symmetry || likeness.arches < least_arches || evidence < least_evidence_mm)
        return std::nullopt;
    const double symmetry =
        std::min(1.0, (likeness.symmetry - least_symmetry) / (full_symmetry - least_symmetry));
    result.score = evidence * symmetry;
    result.sure = likeness.symmetry >= full_symmetry;
    return result;
}

}  // namespace

std::expected<Canal, Unfit> find_canal(const Volume& volume, int threads) {
    const Volume coarse = kernels::block_mean(volume, kernels::factors_for(volume.grid, coarse_mm), threads);
    const EnclosureFinder enclosures(coarse);
    int slices = coarse.grid.size[2];
    const auto brain = lowest_brain_slice(coarse, threads);
    if (brain)
        slices = std::min(slices,
                          *brain + std::max(1, static_cast<int>(below_brain_mm / coarse.grid.spacing_mm[2])));

    const double least_symmetry = brain ? least_symmetry_near_head : least_symmetry_elsewhere;

    CanalPaths paths(coarse, enclosures, slices, threads);
    std::optional<Proposal> best;
    for (int n = 0; n < most_proposals && !(best && best->sure); ++n) {
        const auto path = paths.best();
        auto next = proposal(coarse, enclosures, path, least_symmetry);
        if (next && (!best || next->score > best->score)) best = std::move(next);
        paths.forget(path, rejected_radius_mm);
    }
    if (best) return Canal{std::move(best->found.line), best->found.ends_at_skull};
    if (brain)
        return std::unexpected(
            Unfit{"only_head_in_view", "the scan shows a head, and too little of the spine below it"});
    return std::unexpected(
        Unfit{"no_spine_in_view", "no spinal canal was found: the scan shows no spine, or too little of it"});
}

}  // namespace calcinode::spine
