#include "analysis/deposits/form.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <unordered_set>

#include "analysis/deposits/observer.hpp"

namespace calcinode::deposits {
namespace {

constexpr double soft_tissue_hu = 55;
constexpr double larger_times = 2, larger_by_mm3 = 100;  // a mass and its blurred rim stay below this

}  // namespace

double compactness(const Grid& grid, const std::vector<std::size_t>& voxels) {
    Vec3 sum{};
    double squares = 0;
    for (const auto n : voxels) {
        const auto v = grid.index(n);
        const Vec3 at{v.i * grid.spacing_mm[0], v.j * grid.spacing_mm[1], v.k * grid.spacing_mm[2]};
        sum = sum + at;
        squares += dot(at, at);
    }
    const auto count = static_cast<double>(voxels.size());
    const auto& d = grid.spacing_mm;
    const double within = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / 12;  // a voxel is no point
    const double mean_square = squares / count - dot(sum, sum) / (count * count) + within;
    const double radius = std::sqrt(mean_square * 5 / 3);
    constexpr double ball = 4 * 3.14159265358979 / 3;
    return count * grid.voxel_mm3() / (ball * radius * radius * radius);
}

double standing_out(const Candidate& candidate, const kernels::Block& smooth, double volume_mm3,
                    double inside_hu) {
    using Level = std::pair<int, std::uint32_t>;  // the densest first
    std::priority_queue<Level> open;
    std::unordered_set<std::uint32_t> seen(candidate.voxels.begin(), candidate.voxels.end());
    for (const auto n : candidate.voxels) open.emplace(INT16_MAX, n);
    const auto most =
        static_cast<std::size_t>(larger_times * std::max(volume_mm3, candidate.volume_mm3) + larger_by_mm3);
    int level = INT16_MAX;
    for (std::size_t flooded = 0; !open.empty() && flooded < most && level > soft_tissue_hu; ++flooded) {
        const auto [hu, n] = open.top();
        open.pop();
        level = std::min(level, hu);
        const auto [i, j, k] = kernels::index_of(n, smooth.size);
        for (const Place& p : {Place{i - 1, j, k}, Place{i + 1, j, k}, Place{i, j - 1, k}, Place{i, j + 1, k},
                               Place{i, j, k - 1}, Place{i, j, k + 1}}) {
            if (p[0] < 0 || p[1] < 0 || p[2] < 0 || p[0] >= smooth.size[0] || p[1] >= smooth.size[1] ||
                p[2] >= smooth.size[2])
                continue;
            const auto m = static_cast<std::uint32_t>(smooth.offset(p[0], p[1], p[2]));
            if (seen.insert(m).second) open.emplace(smooth.values[m], m);
        }
    }
    return std::clamp((inside_hu - level) / std::max(1.0, inside_hu - soft_tissue_hu), 0.0, 1.0);
}

}  // namespace calcinode::deposits
