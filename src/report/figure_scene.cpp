#include "report/figure_scene.hpp"

#include <algorithm>
#include <cmath>

#include "report/range.hpp"

namespace calcinode::report {
namespace {

// Ten numbers are as many as an image takes and a reader follows; further ones are counted in words.
constexpr std::size_t listed_at_most = 10;

// Height of the projections: some ten thoracic vertebrae, or the whole neck. Longer scans are cut out around
// the targets, so that these stay large enough to see ...
constexpr double usual_heights_mm = 260;
constexpr double beyond_targets_mm = 35;  // a vertebra above and below them
// ... up to half a spine: beyond that vertebrae are too small to tell.
constexpr double most_heights_mm = 450;
constexpr double beyond_canal_mm = 10;  // where there is nothing to point at, the whole spine is shown

// Around the canal. In front the bodies, the throat or the great vessels; behind the spinous processes.
constexpr double before_canal_mm = 52, behind_canal_mm = 42;
constexpr double beside_canal_mm = 38;  // the transverse processes
constexpr double beside_targets_mm = 12;

// Half the sagittal slab: the canal, facets and transverse processes of a vertebra, without most of the ribs.
constexpr double half_sagittal_slab_mm = 24;
// Without targets the coronal slab goes from the bodies' front to the laminae; a body's depth where it was
// not measured.
constexpr double coronal_slab_back_mm = 22, usual_body_depth_mm = 18, before_bodies_mm = 3;
// With one it is at least so thick: enough of a vertebra to tell where one is.
constexpr double least_coronal_slab_mm = 20;
constexpr double slab_margin_mm = 3;  // beyond the targets
constexpr double farthest_slab_mm = 70;

Range heights_of_targets(const Scene& scene) {
    Range range;
    for (std::size_t t = 0; t < scene.listed; ++t) {
        const auto box = box_of(scene.targets[t], scene.volume.grid);
        if (box.empty()) continue;
        range.take(box.low.k);
        range.take(box.high.k);
    }
    return range;
}

Range heights_of_canal(const Scene& scene) {
    Range range;
    for (const auto& p : scene.findings.spine.canal) range.take(scene.volume.grid.to_index(p).z);
    return range;
}

Span heights_of(const Scene& scene) {
    const auto& grid = scene.volume.grid;
    const double spacing = grid.spacing_mm[2];
    if (scene.targets.empty()) {
        auto range = heights_of_canal(scene);
        if (range.empty()) range = {0, static_cast<double>(grid.size[2] - 1)};
        return cut_out(range.middle(), range.length() * spacing + 2 * beyond_canal_mm, grid.size[2], spacing);
    }
    const auto range = heights_of_targets(scene);
    if (range.empty()) return {0, grid.size[2]};
    const double needed = range.length() * spacing + 2 * beyond_targets_mm;
    if (needed <= most_heights_mm)
        return cut_out(range.middle(), std::max(needed, usual_heights_mm), grid.size[2], spacing);
    return cut_out(grid.to_index(scene.targets[scene.leading].centre).z, most_heights_mm, grid.size[2],
                   spacing);
}

// Extends a range in voxels by what listed targets at the heights shown take of it, and some way beyond.
void take_targets(Range& range, const Scene& scene, int VoxelIndex::*axis, double beyond) {
    for (std::size_t t = 0; t < scene.listed; ++t) {
        const auto box = box_of(scene.targets[t], scene.volume.grid);
        if (box.empty() || box.high.k < scene.heights.low ||
            box.low.k >= scene.heights.low + scene.heights.count)
            continue;
        range.take(box.low.*axis - beyond);
        range.take(box.high.*axis + beyond);
    }
}

Extent extent_of(const Scene& scene, const std::vector<double>& canal, int VoxelIndex::*axis, double spacing,
                 double low_mm, double high_mm) {
    Range range;
    for (int k = scene.heights.low; k < scene.heights.low + scene.heights.count; ++k) {
        range.take(canal[static_cast<std::size_t>(k)] - low_mm / spacing);
        range.take(canal[static_cast<std::size_t>(k)] + high_mm / spacing);
    }
    take_targets(range, scene, axis, beside_targets_mm / spacing);
    return {range.middle(), range.length() * spacing};
}

// From the canal's centre to the bodies' front, at the median vertebra.
double to_body_front_mm(const Spine& spine) {
    std::vector<double> lengths;
    for (const auto& v : spine.vertebrae)
        lengths.push_back(distance(v.canal, v.body) +
                          (v.depth_mm > 0 ? v.depth_mm : usual_body_depth_mm) / 2);
    if (lengths.empty()) return 2 * usual_body_depth_mm;
    const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
    std::ranges::nth_element(lengths, middle);
    return *middle + before_bodies_mm;
}

// Widens a slab to what a target takes, measured from the canal at its own heights.
void widen(Slab& slab, const Scene& scene, const Target& target, const std::vector<double>& canal,
           int VoxelIndex::*axis, double spacing) {
    const auto [low, high] = box_of(target, scene.volume.grid);
    for (int k = std::max(low.k, scene.heights.low);
         k <= std::min(high.k, scene.heights.low + scene.heights.count - 1); ++k) {
        const double centre = canal[static_cast<std::size_t>(k)];
        slab.low_mm = std::max(slab.low_mm, (centre - low.*axis) * spacing + slab_margin_mm);
        slab.high_mm = std::max(slab.high_mm, (high.*axis - centre) * spacing + slab_margin_mm);
    }
}

}  // namespace

// Where it is not among the largest, it takes the last one's row.
void put_leading(Scene& scene) {
    const auto* const leading = scene.findings.leading();
    if (!leading) return;
    const auto found = std::ranges::find(scene.targets, leading->id, &Target::number);
    scene.leading = static_cast<std::size_t>(found - scene.targets.begin());
    if (scene.leading < scene.listed) return;
    scene.leading = scene.listed - 1;
    std::rotate(scene.targets.begin() + static_cast<std::ptrdiff_t>(scene.leading), found, found + 1);
}

Span cut_out(double centre, double length_mm, int size, double spacing_mm) {
    const int count = std::clamp(static_cast<int>(std::lround(length_mm / spacing_mm)), 1, size);
    const int low = static_cast<int>(std::lround(centre - count / 2.0));
    return {std::clamp(low, 0, size - count), count};
}

Slab coronal_slab(const Scene& scene, std::size_t target) {
    if (scene.targets.empty()) return {to_body_front_mm(scene.findings.spine), coronal_slab_back_mm};
    constexpr double nothing = -1e6;
    Slab slab{nothing, nothing};
    widen(slab, scene, scene.targets[target], scene.canal.j, &VoxelIndex::j, scene.volume.grid.spacing_mm[1]);
    if (slab.thickness_mm() < 0) return {least_coronal_slab_mm / 2, least_coronal_slab_mm / 2};
    // Thicker towards the canal: there is what a deposit belongs to.
    const double missing = std::max(0.0, least_coronal_slab_mm - slab.thickness_mm());
    const double middle = (slab.high_mm - slab.low_mm) / 2;  // behind the canal
    const double part = std::clamp(0.5 + middle / least_coronal_slab_mm, 0.0, 1.0);
    return {slab.low_mm + missing * part, slab.high_mm + missing * (1 - part)};
}

Scene scene_of(const Findings& findings, const Volume& volume) {
    const auto& grid = volume.grid;
    Scene scene{.findings = findings, .volume = volume, .targets = targets_of(findings)};
    scene.listed = std::min(scene.targets.size(), listed_at_most);
    put_leading(scene);
    const auto middle = grid.to_lps(grid.size[0] / 2, grid.size[1] / 2, grid.size[2] / 2);
    scene.canal = canal_course(findings.spine, grid,
                               scene.targets.empty() ? middle : scene.targets[scene.leading].centre);
    scene.heights = heights_of(scene);
    const double left_right = grid.spacing_mm[0], front_back = grid.spacing_mm[1];
    scene.sagittal =
        extent_of(scene, scene.canal.j, &VoxelIndex::j, front_back, before_canal_mm, behind_canal_mm);
    scene.coronal =
        extent_of(scene, scene.canal.i, &VoxelIndex::i, left_right, beside_canal_mm, beside_canal_mm);
    scene.sagittal_slab = {half_sagittal_slab_mm, half_sagittal_slab_mm};
    auto& slab = scene.sagittal_slab;
    for (std::size_t t = 0; t < scene.listed; ++t)
        widen(slab, scene, scene.targets[t], scene.canal.i, &VoxelIndex::i, left_right);
    slab = {std::min(slab.low_mm, farthest_slab_mm), std::min(slab.high_mm, farthest_slab_mm)};
    return scene;
}

}  // namespace calcinode::report
