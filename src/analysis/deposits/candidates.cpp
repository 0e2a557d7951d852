#include "analysis/deposits/candidates.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/kernels/components.hpp"
#include "base/parallel.hpp"

namespace calcinode::deposits {
namespace {

// Of a place: what hangs together above this is a candidate; pieces are judged as a whole later. Where
// nothing reaches it, a small or faint thing, what hangs together above the second.
constexpr double clear_log_odds = 0.5, faint_log_odds = -2.2;

using Piece = std::vector<std::uint32_t>;

std::vector<Piece> pieces_above(const std::vector<float>& evidence, double least, std::array<int, 3> size) {
    std::vector<std::uint8_t> mask(evidence.size());
    std::ranges::transform(evidence, mask.begin(), [least](float e) { return e > least; });
    const auto parts = kernels::components(mask, size);
    std::vector<Piece> pieces(static_cast<std::size_t>(parts.count));
    for (std::size_t n = 0; n < parts.label.size(); ++n)
        if (parts.label[n] != 0)
            pieces[static_cast<std::size_t>(parts.label[n] - 1)].push_back(static_cast<std::uint32_t>(n));
    return pieces;
}

}  // namespace

Candidate candidate_of(std::vector<std::uint32_t> voxels, const Observer& observer, std::array<int, 3> size) {
    Candidate candidate;
    std::array<int, features> known{};
    for (const auto voxel : voxels) {
        const Place place = kernels::index_of(voxel, size);
        const auto at = spine::Straight::place(place[0], place[1], place[2]);
        candidate.centre = {candidate.centre.s + at.s, candidate.centre.u + at.u, candidate.centre.v + at.v};
        const auto values = observer.features_at(place);
        candidate.own.push_back(static_cast<float>(log_odds(values)));
        candidate.log_odds += candidate.own.back();
        for (std::size_t n = 0; n < features; ++n)
            if (!std::isnan(values[n])) {
                candidate.features[n] += values[n];
                candidate.evidence[n] += log_odds(static_cast<Feature>(n), values[n]);
                ++known[n];
            }
    }
    const auto count = static_cast<double>(voxels.size());
    candidate.centre = {candidate.centre.s / count, candidate.centre.u / count, candidate.centre.v / count};
    candidate.log_odds /= count;
    candidate.volume_mm3 = count;
    for (std::size_t n = 0; n < features; ++n)
        candidate.evidence[n] /= count,
            candidate.features[n] = known[n] == 0 ? not_in_view : candidate.features[n] / known[n];
    candidate.voxels = std::move(voxels);
    return candidate;
}

std::vector<Candidate> find_candidates(const SolidTissue& tissue, const Observer& observer, int first_s,
                                       int threads) {
    const auto size = tissue.smooth.size;
    const auto [nx, ny, nz] = size;
    constexpr float never = -100;
    std::vector<float> evidence(tissue.solid.size(), never);
    parallel_for(threads, nz, [&](int k) {
        if (k < first_s) return;
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i) {
                const auto n = tissue.smooth.offset(i, j, k);
                if (!tissue.solid[n]) continue;
                if (const auto values = observer.features_if({i, j, k}, faint_log_odds))
                    evidence[n] = static_cast<float>(log_odds(*values));
            }
    });
    auto voxels = pieces_above(evidence, faint_log_odds, size);
    std::erase_if(voxels, [&](const auto& piece) {
        return std::ranges::any_of(piece, [&](auto n) { return evidence[n] > clear_log_odds; });
    });
    for (auto& piece : pieces_above(evidence, clear_log_odds, size)) voxels.push_back(std::move(piece));
    std::vector<Candidate> candidates(voxels.size());
    parallel_for(threads, static_cast<int>(voxels.size()), [&](int n) {
        const auto part = static_cast<std::size_t>(n);
        candidates[part] = candidate_of(std::move(voxels[part]), observer, size);
    });
    std::ranges::sort(candidates, {}, [](const Candidate& c) { return c.voxels.front(); });
    return candidates;
}

}  // namespace calcinode::deposits
