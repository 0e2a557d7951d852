#include "analysis/analyse.hpp"

#include <algorithm>

#include "analysis/deposits/candidates.hpp"
#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/measure.hpp"
#include "analysis/deposits/segment.hpp"
#include "analysis/spine/canal.hpp"
#include "analysis/spine/levels.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/symmetry.hpp"
#include "analysis/verdict.hpp"

namespace calcinode {
namespace {

struct Outline {
    std::vector<std::size_t> voxels;
    double confidence = 0;
};

// Outlines that share voxels are one deposit, of the higher confidence.
std::vector<Outline> merged(std::vector<Outline> outlines) {
    for (std::size_t a = 0; a < outlines.size(); ++a)
        for (std::size_t b = a + 1; b < outlines.size();) {
            auto &one = outlines[a], &other = outlines[b];
            std::vector<std::size_t> both;
            std::ranges::set_intersection(one.voxels, other.voxels, std::back_inserter(both));
            if (both.empty()) {
                ++b;
                continue;
            }
            std::vector<std::size_t> all;
            std::ranges::set_union(one.voxels, other.voxels, std::back_inserter(all));
            one = {std::move(all), std::max(one.confidence, other.confidence)};
            outlines.erase(outlines.begin() + static_cast<std::ptrdiff_t>(b));
            b = a + 1;  // the larger one may meet those before
        }
    return outlines;
}

std::vector<LpsPoint> centreline(const spine::Canal& canal) {
    std::vector<LpsPoint> line;
    for (const auto& point : canal.points) line.push_back(point.centre);
    return line;
}

// Deposits of less than this are below what the method is made for (and 0.1 ml is the stated limit).
constexpr double smallest_deposit_mm3 = 50;
// An excluded mass is listed from this size on: smaller ones are too many to be checked by anybody.
constexpr double smallest_listed_mm3 = 200;

}  // namespace

std::expected<Findings, Unfit> analyse(const Volume& volume, const AnalysisOptions& options) {
    const auto canal = spine::find_canal(volume, options.threads);
    if (!canal) return std::unexpected(canal.error());
    const spine::Frame untwisted(canal->points, spine::beyond_canal_mm);
    const auto first_look = spine::straighten(volume, untwisted, options.threads);
    const auto frame = untwisted.turned(spine::axial_turn(first_look, options.threads));
    const auto straight = spine::straighten(volume, frame, options.threads);
    const auto ribs = spine::find_ribs(volume, frame, options.threads);
    const auto landmarks = spine::find_landmarks(volume, frame, straight, ribs, canal->ends_at_skull);
    auto skull_s = landmarks.occiput;
    if (!skull_s && canal->ends_at_skull) skull_s = 0;

    Findings findings;
    findings.spine = spine::find_levels(frame, straight, ribs, landmarks);
    findings.spine.canal = centreline(*canal);

    const int first_judged_s = landmarks.occiput ? static_cast<int>(*landmarks.occiput) + 1 : 0;
    const auto tissue = deposits::solid_tissue(straight, options.threads);
    const auto candidates = deposits::find_candidates(tissue, frame, first_judged_s, options.threads);
    std::vector<deposits::Decision> decisions;
    for (const auto& candidate : candidates) decisions.push_back(deposits::decide(candidate, skull_s));
    const auto reported = deposits::reported(candidates, decisions);

    std::vector<Outline> outlines;
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        const auto& candidate = candidates[n];
        const auto& decision = decisions[n];
        if (reported[n])
            outlines.push_back({deposits::segment(volume, frame, tissue, candidate), decision.confidence});
        else if (!decision.mimic.empty() && candidate.features.volume_mm3 >= smallest_listed_mm3)
            findings.excluded.push_back(
                {decision.mimic, candidate.features.volume_mm3, frame.to_lps(candidate.centre)});
    }
    for (auto& outline : merged(std::move(outlines))) {
        if (static_cast<double>(outline.voxels.size()) * volume.grid.voxel_mm3() < smallest_deposit_mm3)
            continue;
        auto deposit = deposits::measure_deposit(volume, frame, outline.voxels);
        deposit.confidence = outline.confidence;
        spine::name_levels(deposit, findings.spine, frame);
        findings.deposits.push_back(std::move(deposit));
    }
    std::ranges::stable_sort(findings.deposits, std::greater{}, &Deposit::volume_mm3);
    for (int id = 0; auto& deposit : findings.deposits) deposit.id = ++id;
    findings.verdict = verdict_of(findings.deposits);
    return findings;
}

}  // namespace calcinode
