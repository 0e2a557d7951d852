#include "analysis/deposits/overlaps.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "analysis/deposits/fluid_level.hpp"
#include "base/parallel.hpp"

namespace calcinode::deposits {
namespace {

// Outlines that share so much of the smaller one are outlines of one thing.
constexpr double one_thing_share = 0.4;

std::vector<std::size_t> shared(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    std::vector<std::size_t> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both;
}

std::vector<std::size_t> without(const std::vector<std::size_t>& all, const std::vector<std::size_t>& some) {
    std::vector<std::size_t> rest;
    std::ranges::set_difference(all, some, std::back_inserter(rest));
    return rest;
}

// Of `voxels`, those nearer to the solid middle of `one` than to that of `other`.
std::vector<std::size_t> nearer(const std::vector<std::size_t>& voxels, const Judged& one,
                                const Judged& other, const Volume& volume, const spine::SpineInView& seen) {
    const auto middle_of = [&](const Judged& judged) {
        std::vector<LpsPoint> points;
        for (const auto voxel : judged.mass.candidate.voxels) {
            const auto [i, j, k] = kernels::index_of(voxel, seen.straight.hu.size);
            points.push_back(seen.frame.to_lps(spine::Straight::place(i, j, k)));
        }
        return points;
    };
    const auto a = middle_of(one), b = middle_of(other);
    const auto apart_mm = [](LpsPoint from, const std::vector<LpsPoint>& points) {
        double least = std::numeric_limits<double>::infinity();
        for (const auto& point : points) least = std::min(least, distance(from, point));
        return least;
    };
    std::vector<std::size_t> out;
    for (const auto n : voxels) {
        const auto point = volume.grid.to_lps(volume.grid.index(n));
        if (apart_mm(point, a) <= apart_mm(point, b)) out.push_back(n);
    }
    return out;
}

std::vector<std::size_t> united(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    std::vector<std::size_t> together;
    std::ranges::set_union(a, b, std::back_inserter(together));
    return together;
}

bool holds_most_of(const std::vector<std::size_t>& all, const std::vector<std::size_t>& part) {
    return static_cast<double>(shared(all, part).size()) >=
           one_thing_share * static_cast<double>(part.size());
}

}  // namespace

void settle_overlaps(std::vector<Judged>& all, const Volume& volume, const spine::SpineInView& seen) {
    for (std::size_t a = 0; a < all.size(); ++a)
        for (std::size_t b = a + 1; b < all.size();) {
            auto &one = all[a], &other = all[b];
            const auto both = shared(one.mass.voxels, other.mass.voxels);
            const auto smaller = std::min(one.mass.voxels.size(), other.mass.voxels.size());
            if (static_cast<double>(both.size()) < one_thing_share * static_cast<double>(smaller)) {
                if (!both.empty()) {
                    const auto mine = nearer(both, one, other, volume, seen);
                    one.mass.voxels = without(one.mass.voxels, without(both, mine));
                    other.mass.voxels = without(other.mass.voxels, mine);
                }
                ++b;
                continue;
            }
            auto together = united(one.mass.voxels, other.mass.voxels);
            if (other.log_odds > one.log_odds) one = std::move(other);
            one.mass.voxels = std::move(together);
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(b));
            b = a + 1;  // the larger one may meet those before
        }
}

bool overlap(const Judged& a, const Judged& b) {
    return !shared(a.mass.voxels, b.mass.voxels).empty();
}

void add_fluid(std::vector<Judged>& all, const Volume& volume, int threads) {
    std::vector<std::vector<std::size_t>> fluids(all.size());
    parallel_for(threads, static_cast<int>(all.size()), [&](int index) {
        const auto n = static_cast<std::size_t>(index);
        if (!all[n].mass.voxels.empty()) fluids[n] = fluid_of(volume, all[n].mass.voxels);
    });
    for (std::size_t n = 0; n < all.size(); ++n) {
        auto& fluid = fluids[n];
        auto& own = all[n].mass.voxels;
        if (fluid.empty() || own.empty()) continue;
        for (std::size_t other = 0; other < all.size(); ++other) {
            auto& voxels = all[other].mass.voxels;
            if (other == n || voxels.empty()) continue;
            fluid = holds_most_of(fluid, voxels) ? united(fluid, std::exchange(voxels, {}))
                                                 : without(fluid, voxels);
        }
        own = united(own, fluid);
        all[n].fluid = std::move(fluid);
    }
    std::erase_if(all, [](const Judged& judged) { return judged.mass.voxels.empty(); });
}

}  // namespace calcinode::deposits
