#include "analysis/deposits/canal_parts.hpp"

#include <cstdint>
#include <utility>

#include "analysis/deposits/placement.hpp"

namespace calcinode::deposits {
namespace {

// Of the solid centres: as few make a deposit of a tenth of a millilitre.
constexpr std::size_t least_places = 15;

std::vector<std::uint32_t> places_in_canal(const Candidate& candidate, std::array<int, 3> size) {
    std::vector<std::uint32_t> inside;
    for (const auto place : candidate.voxels) {
        const auto [i, j, k] = kernels::index_of(place, size);
        if (in_canal(spine::Straight::place(i, j, k))) inside.push_back(place);
    }
    return inside;
}

}  // namespace

std::vector<Candidate> canal_parts(const std::vector<Candidate>& candidates, const Observer& observer,
                                   std::array<int, 3> size) {
    std::vector<Candidate> parts;
    for (const auto& candidate : candidates) {
        auto inside = places_in_canal(candidate, size);
        if (inside.size() >= least_places && inside.size() <= candidate.voxels.size() / 2)
            parts.push_back(candidate_of(std::move(inside), observer, size));
    }
    return parts;
}

}  // namespace calcinode::deposits
