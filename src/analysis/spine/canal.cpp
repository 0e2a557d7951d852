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
// What encloses. At 2 mm the arches are thin: their average with what lies beside them is well below cortex,
// and above any soft tissue without contrast. Where that shows no sure canal, as in osteoporosis and in thick
// slices, a second look takes less for bone; enhanced muscle stays below that as well.
constexpr std::array<int, 2> bone_hu{160, 115};
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
constexpr double no_symmetry = 0.2;
// Bodies: spines have marrow in front of 0.44 to 1 of their points, the shaft of a long bone of hardly any.
constexpr double least_bodies = 0.25, full_bodies = 0.5;
// Off the middle of the trunk, as shares of its width: spines 0.00 to 0.05, a strong scoliosis 0.1; hips 0.2.
constexpr double in_middle = 0.06, farthest_off_middle = 0.16, lateral_loss = 0.7, lateral_loss_in_view = 0.5;
constexpr double least_evidence_mm = 10, sure_evidence_mm = 25;
constexpr int most_paths = 4;
constexpr double rejected_radius_mm = 20;  // around a path that is no canal, or not all of it

struct Proposal {
    const EnclosureFinder* enclosures = nullptr;  // by which it was found
    std::vector<CanalPoint> line;
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

void propose(const Volume& coarse, const EnclosureFinder& enclosures,
             std::vector<std::vector<CanalPoint>> stretches, double least_symmetry,
             std::vector<Proposal>& proposals) {
    for (auto& line : stretches) {
        const auto likeness = likeness_of(coarse, line);
        if (likeness.symmetry < least_symmetry || likeness.arches < least_arches ||
            likeness.bodies < least_bodies)
            continue;
        // Where the trunk's sides are out of view only a line that is as symmetric as a spine may be lateral.
        if (likeness.off_middle > farthest_off_middle &&
            (likeness.sides_in_view || likeness.symmetry < full_symmetry))
            continue;
        const double symmetry =
            std::min(1.0, (likeness.symmetry - no_symmetry) / (full_symmetry - no_symmetry));
        const double bodies = std::min(1.0, likeness.bodies / full_bodies);
        const double lateral =
            std::clamp((likeness.off_middle - in_middle) / (farthest_off_middle - in_middle), 0.0, 1.0);
        const double central = 1 - (likeness.sides_in_view ? lateral_loss : lateral_loss_in_view) * lateral;
        const double score = evidence_mm(line) * symmetry * bodies * central;
        proposals.push_back({&enclosures, std::move(line), score,
                             likeness.symmetry >= full_symmetry && bodies >= 1 && score >= sure_evidence_mm});
    }
}

// The whole canal of which a line is a part; nothing where it is too short for one.
std::optional<Canal> whole_canal(const Volume& coarse, const EnclosureFinder& enclosures,
                                 std::vector<CanalPoint> line, double least_symmetry) {
    auto above = beyond(coarse, enclosures, line, End::head);
    const auto below = beyond(coarse, enclosures, line, End::foot);
    std::ranges::reverse(above);
    line.insert(line.begin(), above.begin(), above.end());
    line.insert(line.end(), below.begin(), below.end());
    auto found = below_skull(coarse, refined(enclosures, std::move(line)));
    const double shortest = found.ends_at_skull ? shortest_below_skull_mm : shortest_spine_mm;
    if (length_mm(found.line) - found.straight_on_mm < shortest ||
        evidence_mm(found.line) < least_evidence_mm ||
        likeness_of(coarse, found.line).symmetry < least_symmetry)
        return std::nullopt;
    return Canal{std::move(found.line), found.ends_at_skull};
}

void propose_all(const Volume& coarse, const EnclosureFinder& enclosures, int slices, double least_symmetry,
                 int threads, std::vector<Proposal>& proposals) {
    CanalPaths paths(coarse, enclosures, slices, threads);
    for (int n = 0; n < most_paths && std::ranges::none_of(proposals, &Proposal::sure); ++n) {
        const auto path = paths.best();
        propose(coarse, enclosures,
                canal_stretches(centred(coarse, enclosures, path), coarse.grid.spacing_mm[2]), least_symmetry,
                proposals);
        paths.forget(path, rejected_radius_mm);
    }
}

}  // namespace

std::expected<Canal, Unfit> find_canal(const Volume& volume, int threads) {
    const Volume coarse = kernels::block_mean(volume, kernels::factors_for(volume.grid, coarse_mm), threads);
    int slices = coarse.grid.size[2];
    const auto brain = lowest_brain_slice(coarse, threads);
    if (brain)
        slices = std::min(slices,
                          *brain + std::max(1, static_cast<int>(below_brain_mm / coarse.grid.spacing_mm[2])));
    const double least_symmetry = brain ? least_symmetry_near_head : least_symmetry_elsewhere;

    const std::array looks{EnclosureFinder(coarse, bone_hu[0]), EnclosureFinder(coarse, bone_hu[1])};
    std::vector<Proposal> proposals;
    for (const auto& enclosures : looks) {
        if (std::ranges::any_of(proposals, &Proposal::sure)) break;
        propose_all(coarse, enclosures, slices, least_symmetry, threads, proposals);
    }
    std::ranges::sort(proposals, std::greater{}, &Proposal::score);
    for (auto& proposal : proposals)
        if (auto canal = whole_canal(coarse, *proposal.enclosures, std::move(proposal.line), least_symmetry))
            return *canal;
    if (brain)
        return std::unexpected(
            Unfit{"only_head_in_view", "the scan shows a head, and too little of the spine below it"});
    return std::unexpected(
        Unfit{"no_spine_in_view", "no spinal canal was found: the scan shows no spine, or too little of it"});
}

}  // namespace calcinode::spine
