#include "analysis/deposits/mass.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "analysis/deposits/straight_place.hpp"

namespace calcinode::deposits {
namespace {

constexpr std::size_t most_samples = 600;          // of a mass's voxels: enough for a share to 2 in 100
constexpr std::size_t most_artefact_samples = 60;  // enough for whether most of it is near metal
constexpr double streak_reach_mm = 30;             // longer streaks are fainter than deposits
// So far the curved frame, which is smooth, is beside the spine where that is broken by a step.
constexpr double motion_reach_mm = 10;
constexpr double like_share = 0.4;     // a reference that is denser, by the mass's own density, is like it
constexpr double unknown_share = 0.6;  // what is not in view is taken for like it
constexpr double soft_tissue_hu = 55;
constexpr double air_hu = -300;
constexpr double in_middle_mm = 8;
constexpr int above_soft_tissue_hu =
    140;  // of the smoothed attenuation: no muscle, hardly a vessel without contrast
constexpr std::size_t most_connected_mm3 = 20000;  // more is skeleton, whatever its size

void measure_attenuation(Mass& mass, const Volume& volume, double noise_hu) {
    double sum = 0, squares = 0;
    mass.max_hu = -1e9;
    for (const auto n : mass.voxels) {
        const double hu = volume.hu[n];
        sum += hu, squares += hu * hu;
        mass.max_hu = std::max(mass.max_hu, hu);
    }
    const auto count = static_cast<double>(mass.voxels.size());
    mass.mean_hu = sum / count;
    const double variance = squares / count - mass.mean_hu * mass.mean_hu - noise_hu * noise_hu;
    mass.spread = std::sqrt(std::max(0.0, variance)) / std::max(1.0, mass.mean_hu);
}

// What lies beyond each outer face of its voxels.
void measure_surface(Mass& mass, const Volume& volume) {
    const auto& grid = volume.grid;
    const double edge = (mass.mean_hu + soft_tissue_hu) / 2;
    double faces = 0, soft = 0, air = 0;
    for (const auto n : mass.voxels) {
        const auto v = grid.index(n);
        mass.cut_by_view = mass.cut_by_view || v.k == 0 || v.k == grid.size[2] - 1;
        for (const auto& beside :
             {VoxelIndex{v.i - 1, v.j, v.k}, VoxelIndex{v.i + 1, v.j, v.k}, VoxelIndex{v.i, v.j - 1, v.k},
              VoxelIndex{v.i, v.j + 1, v.k}, VoxelIndex{v.i, v.j, v.k - 1}, VoxelIndex{v.i, v.j, v.k + 1}}) {
            if (!grid.contains(beside)) continue;
            const auto m = grid.offset(beside);
            if (std::ranges::binary_search(mass.voxels, m)) continue;
            faces += 1;
            soft += volume.hu[m] < edge;
            air += volume.hu[m] < air_hu;
        }
    }
    mass.free_surface = soft / std::max(1.0, faces);
    mass.air_surface = air / std::max(1.0, faces);
}

void measure_likeness(Mass& mass, const Volume& volume, const spine::Frame& frame, const Observer& observer,
                      const std::array<int, 3>& size) {
    const std::size_t stride = std::max<std::size_t>(1, mass.voxels.size() / most_samples);
    double samples = 0, side = 0, neighbours = 0, both = 0;
    for (std::size_t n = 0; n < mass.voxels.size(); n += stride) {
        const auto place = place_near(volume.grid.to_lps(volume.grid.index(mass.voxels[n])), frame, size,
                                      mass.candidate.centre.s);
        if (!place) continue;
        const auto likeness = observer.likeness_at(*place, mass.mean_hu);
        const auto unlike = [](double share) {
            return (std::isnan(share) ? unknown_share : share) < like_share;
        };
        samples += 1;
        side += unlike(likeness.other_side);
        neighbours += unlike(likeness.neighbours);
        both += unlike(likeness.other_side) && unlike(likeness.neighbours);
    }
    samples = std::max(1.0, samples);
    mass.unmatched_other_side = side / samples;
    mass.unmatched_neighbours = neighbours / samples;
    mass.unmatched_anywhere = both / samples;
}

void measure_artefacts(Mass& mass, const Grid& grid, const Artefacts& artefacts) {
    const std::size_t stride = std::max<std::size_t>(1, mass.voxels.size() / most_artefact_samples);
    double samples = 0, reached = 0;
    for (std::size_t n = 0; n < mass.voxels.size(); n += stride) {
        const auto voxel = grid.index(mass.voxels[n]);
        samples += 1;
        reached += artefacts.to_metal_mm(voxel) < streak_reach_mm;
        mass.at_motion = mass.at_motion || artefacts.to_motion_mm(voxel) < motion_reach_mm;
    }
    mass.in_reach_of_metal = reached / samples;
}

// Millimetres cubed of all that hangs together with the candidate above soft tissue.
std::size_t connected_mm3(const Candidate& candidate, const kernels::Block& smooth) {
    std::unordered_set<std::uint32_t> reached(candidate.voxels.begin(), candidate.voxels.end());
    std::vector<std::uint32_t> open = candidate.voxels;
    while (!open.empty() && reached.size() < most_connected_mm3) {
        const auto [i, j, k] = kernels::index_of(open.back(), smooth.size);
        open.pop_back();
        for (const Place& p : {Place{i - 1, j, k}, Place{i + 1, j, k}, Place{i, j - 1, k}, Place{i, j + 1, k},
                               Place{i, j, k - 1}, Place{i, j, k + 1}}) {
            if (p[0] < 0 || p[1] < 0 || p[2] < 0 || p[0] >= smooth.size[0] || p[1] >= smooth.size[1] ||
                p[2] >= smooth.size[2])
                continue;
            const auto n = static_cast<std::uint32_t>(smooth.offset(p[0], p[1], p[2]));
            if (smooth.values[n] > above_soft_tissue_hu && reached.insert(n).second) open.push_back(n);
        }
    }
    return reached.size();
}

}  // namespace

Mass mass_of(const Volume& volume, const spine::SpineInView& seen, const SolidTissue& tissue,
             const Observer& observer, const Artefacts& artefacts, const Candidate& candidate,
             std::vector<std::size_t> voxels) {
    Mass mass;
    mass.voxels = std::move(voxels);
    mass.candidate = candidate;
    mass.placement = placement_of(candidate.centre, seen);
    mass.volume_mm3 = static_cast<double>(mass.voxels.size()) * volume.grid.voxel_mm3();
    mass.in_middle = std::abs(candidate.centre.u) < in_middle_mm;
    measure_attenuation(mass, volume, artefacts.noise_hu());
    measure_surface(mass, volume);
    measure_likeness(mass, volume, seen.frame, observer, tissue.smooth.size);
    measure_artefacts(mass, volume.grid, artefacts);
    mass.island = mass.volume_mm3 / static_cast<double>(connected_mm3(candidate, tissue.smooth));
    mass.standing_out = standing_out(candidate, tissue.smooth, mass.volume_mm3, mass.mean_hu);
    mass.compactness = compactness(volume.grid, mass.voxels);
    mass.growth = std::log2(std::max(1.0, mass.volume_mm3 / candidate.volume_mm3));
    return mass;
}

}  // namespace calcinode::deposits
