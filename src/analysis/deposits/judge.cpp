#include "analysis/deposits/judge.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/fluid_level.hpp"
#include "analysis/deposits/mimics.hpp"
#include "analysis/deposits/segment.hpp"
#include "analysis/deposits/thick_part.hpp"

namespace calcinode::deposits {
namespace {

// An outline that ran out into bone is less compact than deposits are. The lump in it must be plainly one,
// since the curves are of whole outlines: of the thick parts of bone in 200 volumes none this large had more
// than 0.9.
constexpr double ragged_compactness = 0.4;
constexpr double lump_mm3 = 500, lump_log_odds = 2;

// Among bone as dense as itself, in a foramen above all, a deposit's outline takes in so much of it that the
// whole is none. What stays close to the solid middle was so plainly a deposit in none of 326 volumes' bone,
// osteophytes at bodies aside (up to 1.0); nor does it make a deposit of what is far from one as a whole.
constexpr double close_log_odds = 0.5, close_whole_log_odds = -3;
// And where so much more speaks for it than for the whole, that holds bone, too: of 15 such deposits 14 were
// outlined better by what is close.
constexpr double closer_by_log_odds = 2;

// Bone and what else looks like a deposit has no fluid that stands level on it. It is not looked for where it
// can't turn the decision.
void add_evidence_of_fluid(Judged& judged, const Volume& volume) {
    if (judged.mimic || judged.log_odds < -fluid_level_log_odds) return;
    const auto fluid_mm3 =
        static_cast<double>(fluid_of(volume, judged.mass.voxels).size()) * volume.grid.voxel_mm3();
    if (fluid_mm3 < least_fluid_share * judged.mass.volume_mm3) return;
    judged.evidence.push_back({"fluid level", fluid_mm3, fluid_level_log_odds});
    judged.log_odds += fluid_level_log_odds;
}

Judged judged_of(const Scene& scene, const Candidate& candidate, std::vector<std::size_t> voxels) {
    Judged judged;
    judged.mass = mass_of(scene.volume, scene.seen, scene.tissue, scene.observer, scene.artefacts, candidate,
                          std::move(voxels));
    judged.evidence = evidence_of(judged.mass);
    judged.log_odds = sum_of(judged.evidence);
    judged.mimic = mimic_by_place(judged.mass);
    if (judged.mimic && yields_to_evidence(*judged.mimic, judged.mass, judged.log_odds)) judged.mimic.reset();
    add_evidence_of_fluid(judged, scene.volume);
    return judged;
}

// Of a candidate's solid places, those in this part of its outline.
std::vector<std::uint32_t> places_in(const std::vector<std::size_t>& part, const Scene& scene,
                                     const Candidate& candidate) {
    const auto& grid = scene.volume.grid;
    std::vector<std::uint32_t> inside;
    for (const auto place : candidate.voxels) {
        const auto [i, j, k] = kernels::index_of(place, scene.tissue.smooth.size);
        const auto voxel = grid.nearest(scene.seen.frame.to_lps(spine::Straight::place(i, j, k)));
        if (grid.contains(voxel) && std::ranges::binary_search(part, grid.offset(voxel)))
            inside.push_back(place);
    }
    return inside;
}

std::optional<Judged> lump_in(const Scene& scene, const Candidate& candidate, const Mass& whole) {
    if (whole.compactness >= ragged_compactness) return {};
    auto thick = thick_part(scene.volume.grid, whole.voxels);
    if (static_cast<double>(thick.size()) * scene.volume.grid.voxel_mm3() < lump_mm3) return {};
    auto places = places_in(thick, scene, candidate);
    if (places.empty()) return {};
    auto lump = judged_of(scene, candidate_of(std::move(places), scene.observer, scene.tissue.smooth.size),
                          std::move(thick));
    if (lump.mimic || lump.log_odds < lump_log_odds) return {};
    return lump;
}

std::optional<Judged> close_part(const Scene& scene, const Candidate& candidate, const Segmenter& segmenter,
                                 double least_log_odds) {
    auto voxels = segmenter.close_outline();
    if (voxels.empty()) return {};
    auto close = judged_of(scene, candidate, std::move(voxels));
    if (close.mimic || close.log_odds < least_log_odds) return {};
    return close;
}

bool may_hold_a_deposit(const Judged& whole) {
    return !whole.mimic && whole.log_odds >= close_whole_log_odds &&
           whole.mass.placement.zone != Zone::at_body;
}

}  // namespace

std::optional<Judged> judge(const Scene& scene, const Candidate& candidate, double least_log_odds) {
    const Segmenter segmenter(scene.volume, scene.seen.frame, scene.tissue, scene.observer, candidate);
    auto voxels = segmenter.outline();
    if (voxels.empty()) return {};
    auto whole = judged_of(scene, candidate, std::move(voxels));
    std::optional<Judged> part;
    if (!whole.mimic && whole.log_odds >= least_log_odds) {
        part = close_part(scene, candidate, segmenter, whole.log_odds + closer_by_log_odds);
    } else {
        part = lump_in(scene, candidate, whole.mass);
        if (!part && may_hold_a_deposit(whole))
            part = close_part(scene, candidate, segmenter, close_log_odds);
    }
    return part ? std::move(part) : std::move(whole);
}

}  // namespace calcinode::deposits
