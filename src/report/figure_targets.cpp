#include "report/figure_targets.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

// Of the ball that stands for something whose voxels are not known: not less than a few voxels, not more than
// the widest deposit.
constexpr double least_radius_mm = 2, most_radius_mm = 25;

Target target_of(const Deposit& d) {
    Target t;
    t.number = d.id;
    t.centre = d.centroid;
    t.mask = &d.mask;
    t.level = short_level_text(d);
    t.levels = d.levels;
    t.levels.push_back(d.level);
    t.place = std::string(to_string(d.compartment)) + ", " + std::string(to_string(d.side));
    t.volume_mm3 = d.volume_mm3;
    t.mean_hu = d.mean_hu;
    t.max_hu = d.max_hu;
    t.long_axis_mm = d.long_axis_mm;
    t.canal_distance_mm = d.canal_distance_mm;
    t.canal_percent = d.canal_occupied_percent;
    t.confidence = d.confidence;
    return t;
}

Target target_of(const Excluded& e, int number, const Spine& spine) {
    Target t;
    t.number = number;
    t.centre = e.centroid;
    t.radius_mm =
        std::clamp(std::cbrt(e.volume_mm3 * 3 / (4 * std::numbers::pi)), least_radius_mm, most_radius_mm);
    t.level = with_confidence(e.level, spine);
    t.levels = {e.level};
    t.place = std::string(mimic_words(e.mimic, spine.contrast)) + "?";
    t.volume_mm3 = e.volume_mm3;
    t.mean_hu = e.mean_hu;
    t.max_hu = e.max_hu;
    return t;
}

}  // namespace

std::vector<Target> targets_of(const Findings& findings) {
    std::vector<Target> targets;
    for (const auto& deposit : findings.deposits) targets.push_back(target_of(deposit));
    if (!targets.empty() || findings.verdict != Verdict::indeterminate) return targets;
    std::vector<const Excluded*> possible;
    for (const auto& excluded : findings.excluded)
        if (excluded.could_be_deposit) possible.push_back(&excluded);
    std::ranges::stable_sort(possible, std::ranges::greater{}, &Excluded::volume_mm3);
    for (const auto* excluded : possible)
        targets.push_back(target_of(*excluded, static_cast<int>(targets.size()) + 1, findings.spine));
    return targets;
}

VoxelBox box_of(const Target& target, const Grid& grid) {
    VoxelBox box;
    if (target.mask) {
        const auto& [low, size, inside] = *target.mask;
        box = {low, {low.i + size[0] - 1, low.j + size[1] - 1, low.k + size[2] - 1}};
    } else {
        const Vec3 c = grid.to_index(target.centre);
        const auto reach = [&](std::size_t axis) { return target.radius_mm / grid.spacing_mm[axis]; };
        box.low = {static_cast<int>(std::floor(c.x - reach(0))), static_cast<int>(std::floor(c.y - reach(1))),
                   static_cast<int>(std::floor(c.z - reach(2)))};
        box.high = {static_cast<int>(std::ceil(c.x + reach(0))), static_cast<int>(std::ceil(c.y + reach(1))),
                    static_cast<int>(std::ceil(c.z + reach(2)))};
    }
    const auto& size = grid.size;
    return {{std::max(box.low.i, 0), std::max(box.low.j, 0), std::max(box.low.k, 0)},
            {std::min(box.high.i, size[0] - 1), std::min(box.high.j, size[1] - 1),
             std::min(box.high.k, size[2] - 1)}};
}

}  // namespace calcinode::report
