#include "analysis/spine/canal_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

constexpr double cell_mm = 3.2;     // of the path search: the canal is at least 12 mm wide
constexpr double steepest = 1.4;    // sideways mm per mm of height; a kyphosis reaches 1
constexpr double bend_cost = 0.02;  // per mm^2 of sideways step, per mm of height
// What a place without any enclosure costs the path: it must cross discs and open arches, but not bone or
// air.
constexpr float soft_cost = 0.05F, bone_cost = 0.4F, air_cost = 0.6F;
constexpr int bone_hu = 300, air_hu = -300;
constexpr float nowhere = -1e9F;  // outside of the slice; less than any path's total

float place_value(float score, int hu) {
    if (score > 0) return score;
    if (hu < air_hu) return -air_cost;
    return hu >= bone_hu ? -bone_cost : -soft_cost;
}

// The steps from one slice to the next: along i and along j on their own, since the cost of a step is the sum
// of both parts'. For each cell the best total within reach, less the step's cost, and the step.
class Steps {
  public:
    Steps(int nx, int ny, double step_mm, double height_mm)
        : nx_(nx),
          ny_(ny),
          reach_(std::max(1, static_cast<int>(std::ceil(steepest * height_mm / step_mm)))),
          best_(static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny)) {
        for (int d = -reach_; d <= reach_; ++d)
            cost_.push_back(static_cast<float>(bend_cost * d * d * step_mm * step_mm / height_mm));
    }

    // `total` becomes the best total of a step to each cell; `di`, `dj` where it comes from: first dj, then
    // di of the cell there.
    void take(std::vector<float>& total, std::int8_t* di, std::int8_t* dj) {
        std::ranges::fill(best_, nowhere);
        for (int d = -reach_; d <= reach_; ++d)
            for (int j = 0; j < ny_; ++j)
                relax(total, di, j * nx_ + std::max(0, -d), j * nx_ + std::min(nx_, nx_ - d), d, d);
        std::swap(total, best_);
        std::ranges::fill(best_, nowhere);
        for (int d = -reach_; d <= reach_; ++d)
            relax(total, dj, std::max(0, -d) * nx_, std::min(ny_, ny_ - d) * nx_, d * nx_, d);
        std::swap(total, best_);
    }

  private:
    void relax(const std::vector<float>& from, std::int8_t* step, int first, int last, int shift, int d) {
        const float cost = cost_[static_cast<std::size_t>(d + reach_)];
        for (int c = first; c < last; ++c) {
            const float value = from[static_cast<std::size_t>(c + shift)] - cost;
            auto& best = best_[static_cast<std::size_t>(c)];
            if (value > best) best = value, step[c] = static_cast<std::int8_t>(d);
        }
    }

    int nx_, ny_, reach_;
    std::vector<float> cost_, best_;
};

}  // namespace

CanalPaths::CanalPaths(const Volume& coarse, const EnclosureFinder& enclosures, int count, int threads) {
    constexpr int largest_pool = 15;  // a voxel's number within its cell is one byte
    const auto& grid = coarse.grid;
    pool_ = std::clamp(static_cast<int>(std::lround(cell_mm / grid.spacing_mm[0])), 1, largest_pool);
    nx_ = (grid.size[0] + pool_ - 1) / pool_;
    ny_ = (grid.size[1] + pool_ - 1) / pool_;
    cell_mm_ = pool_ * grid.spacing_mm[0];
    height_mm_ = grid.spacing_mm[2];
    planes_.resize(static_cast<std::size_t>(count));
    parallel_for(threads, count,
                 [&](int k) { planes_[static_cast<std::size_t>(k)] = make_plane(coarse, enclosures, k); });
}

CanalPaths::Plane CanalPaths::make_plane(const Volume& coarse, const EnclosureFinder& enclosures,
                                         int k) const {
    const auto scores = enclosures.scores(k);
    Plane plane{std::vector<float>(area(), nowhere), std::vector<std::uint8_t>(area(), 0)};
    const auto [nx, ny, nz] = coarse.grid.size;
    const std::int16_t* hu = &coarse.hu[coarse.grid.offset({0, 0, k})];
    const float* score = scores.data();
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) {
            const auto c = static_cast<std::size_t>((j / pool_) * nx_ + i / pool_);
            const float value = place_value(*score++, *hu++);
            if (value <= plane.value[c]) continue;
            plane.value[c] = value;
            plane.voxel[c] = static_cast<std::uint8_t>((j % pool_) * pool_ + i % pool_);
        }
    return plane;
}

std::vector<VoxelIndex> CanalPaths::best() const {
    Steps steps(nx_, ny_, cell_mm_, height_mm_);
    const std::size_t cells = area();
    std::vector<std::int8_t> di(cells * planes_.size()), dj(cells * planes_.size());
    std::vector<float> total = planes_[0].value;
    for (std::size_t k = 1; k < planes_.size(); ++k) {
        steps.take(total, &di[k * cells], &dj[k * cells]);
        for (std::size_t c = 0; c < cells; ++c) total[c] += planes_[k].value[c];
    }

    auto c = static_cast<std::size_t>(std::ranges::max_element(total) - total.begin());
    std::vector<VoxelIndex> path(planes_.size());
    for (std::size_t k = planes_.size(); k-- > 0;) {
        const int voxel = planes_[k].voxel[c];
        const int i = static_cast<int>(c) % nx_, j = static_cast<int>(c) / nx_;
        path[k] = {i * pool_ + voxel % pool_, j * pool_ + voxel / pool_, static_cast<int>(k)};
        if (k == 0) break;
        const std::size_t row = c + static_cast<std::size_t>(dj[k * cells + c] * nx_);
        c = row + static_cast<std::size_t>(static_cast<std::ptrdiff_t>(di[k * cells + row]));
    }
    return path;
}

void CanalPaths::forget(const std::vector<VoxelIndex>& path, double radius_mm) {
    const int reach = static_cast<int>(radius_mm / cell_mm_);
    for (std::size_t k = 0; k < path.size(); ++k) {
        const int ci = path[k].i / pool_, cj = path[k].j / pool_;
        for (int j = std::max(0, cj - reach); j <= std::min(ny_ - 1, cj + reach); ++j)
            for (int i = std::max(0, ci - reach); i <= std::min(nx_ - 1, ci + reach); ++i) {
                auto& value = planes_[k].value[static_cast<std::size_t>(j * nx_ + i)];
                value = std::min(value, -soft_cost);
            }
    }
}

}  // namespace calcinode::spine
