#include "analysis/deposits/segment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <queue>
#include <unordered_map>
#include <unordered_set>

namespace calcinode::deposits {
namespace {

using kernels::Block;

constexpr int regrow_mm = 8;           // back into the solid part that has its like on the other side
constexpr double solid_share = 0.6;    // of the densest beside it, and of the core
constexpr double cortex_share = 1.45;  // denser than this times the inside is bone
constexpr int tip_mm = 3;              // tips and rims that the ball of the opening does not reach
constexpr double soft_tissue_hu = 55;  // muscle: the edge is halfway between it and the inside
constexpr int lowest_edge_hu = 130;

struct Step {
    int di, dj, dk;
};
constexpr std::array<Step, 6> steps{{{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};

// Grows a set of the straightened block's voxels by `rounds` steps into what `may` allows.
template <class May>
std::unordered_set<std::uint32_t> grow(const std::vector<std::uint32_t>& seeds,
                                       const std::array<int, 3>& size, int rounds, May may) {
    std::unordered_set<std::uint32_t> in(seeds.begin(), seeds.end());
    std::vector<std::uint32_t> front = seeds, next;
    for (int round = 0; round < rounds && !front.empty(); ++round) {
        next.clear();
        for (const auto voxel : front) {
            const auto [i, j, k] = kernels::index_of(voxel, size);
            for (const auto& s : steps) {
                const int a = i + s.di, b = j + s.dj, c = k + s.dk;
                if (a < 0 || b < 0 || c < 0 || a >= size[0] || b >= size[1] || c >= size[2]) continue;
                const auto neighbour = static_cast<std::uint32_t>((c * size[1] + b) * size[0] + a);
                if (in.contains(neighbour) || !may(neighbour)) continue;
                in.insert(neighbour);
                next.push_back(neighbour);
            }
        }
        std::swap(front, next);
    }
    return in;
}

// The volume's voxels in which a straightened voxel lies. Straightened voxels are 1 mm: several samples each
// where the volume's are finer.
void mark(const Volume& volume, const spine::Frame& frame, const std::array<int, 3>& size,
          std::uint32_t voxel, std::uint8_t value, std::unordered_map<std::size_t, std::uint8_t>& marks) {
    const auto& spacing = volume.grid.spacing_mm;
    const int samples =
        std::clamp(static_cast<int>(std::ceil(1.2 / std::min({spacing[0], spacing[1], spacing[2]}))), 1, 4);
    const auto [i, j, k] = kernels::index_of(voxel, size);
    const auto sub = [&](int n) { return (n + 0.5) / samples - 0.5; };
    for (int c = 0; c < samples; ++c)
        for (int b = 0; b < samples; ++b)
            for (int a = 0; a < samples; ++a) {
                const double s = std::clamp(k + sub(c), 0.0, frame.length() - 1.0);
                const auto v =
                    volume.grid.nearest(frame.to_lps(spine::Straight::place(i + sub(a), j + sub(b), s)));
                if (!volume.grid.contains(v)) continue;
                auto& m = marks[volume.grid.offset(v)];
                m = std::max(m, value);
            }
}

}  // namespace

std::vector<std::size_t> segment(const Volume& volume, const spine::Frame& frame, const SolidTissue& tissue,
                                 const Candidate& candidate) {
    const auto& size = tissue.smooth.size;
    const double inner = candidate.features.inner_hu;
    const auto solid = grow(candidate.voxels, size, regrow_mm, [&](std::uint32_t n) {
        const int opened = tissue.opened.values[n];
        return opened > solid_share * tissue.densest.values[n] &&
               opened > solid_share * candidate.features.core_hu &&
               tissue.smooth.values[n] < cortex_share * inner;
    });
    const std::vector<std::uint32_t> solid_list(solid.begin(), solid.end());
    const auto around = grow(solid_list, size, tip_mm, [](std::uint32_t) { return true; });

    constexpr std::uint8_t near = 1, middle = 2;
    std::unordered_map<std::size_t, std::uint8_t> marks;
    for (const auto voxel : around)
        mark(volume, frame, size, voxel, solid.contains(voxel) ? middle : near, marks);

    // What is dense enough and hangs together with the middle.
    const double edge = std::max<double>(lowest_edge_hu, (inner + soft_tissue_hu) / 2);
    std::vector<std::size_t> found;
    std::unordered_set<std::size_t> seen;
    std::queue<std::size_t> open;
    for (const auto& [offset, value] : marks)
        if (value == middle && volume.hu[offset] >= edge && seen.insert(offset).second) open.push(offset);
    const auto row = static_cast<std::size_t>(volume.grid.size[0]);
    const auto plane = row * static_cast<std::size_t>(volume.grid.size[1]);
    while (!open.empty()) {
        const auto at = open.front();
        open.pop();
        found.push_back(at);
        for (const auto step : {std::size_t{1}, row, plane})
            for (const auto neighbour : {at + step, at - step}) {  // one that wraps around is not marked
                if (!marks.contains(neighbour) || volume.hu[neighbour] < edge) continue;
                if (seen.insert(neighbour).second) open.push(neighbour);
            }
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace calcinode::deposits
