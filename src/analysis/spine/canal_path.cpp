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

// One slice of the search: cells of `pool` x `pool` coarse voxels, each with the best voxel's value.
struct Plane {
    std::vector<float> value;
    std::vector<std::uint8_t> voxel;  // which one of the cell's, row by row
};

struct CellGrid {
    int pool, nx, ny;
    std::size_t area() const { return static_cast<std::size_t>(nx) * static_cast<std::size_t>(ny); }
};

CellGrid cell_grid(const Grid& grid) {
    constexpr int largest_pool = 15;  // a voxel's number within its cell is one byte
    const int pool = std::clamp(static_cast<int>(std::lround(cell_mm / grid.spacing_mm[0])), 1, largest_pool);
    return {pool, (grid.size[0] + pool - 1) / pool, (grid.size[1] + pool - 1) / pool};
}

float place_value(float score, int hu) {
    if (score > 0) return score;
    if (hu < air_hu) return -air_cost;
    return hu >= bone_hu ? -bone_cost : -soft_cost;
}

Plane make_plane(const Volume& coarse, const EnclosureFinder& enclosures, const CellGrid& cells, int k) {
    const auto scores = enclosures.scores(k);
    Plane plane{std::vector<float>(cells.area(), nowhere), std::vector<std::uint8_t>(cells.area(), 0)};
    const auto [nx, ny, nz] = coarse.grid.size;
    const std::int16_t* hu = &coarse.hu[coarse.grid.offset({0, 0, k})];
    const float* score = scores.data();
    for (int j = 0; j < ny; ++j)
        for (int i = 0; i < nx; ++i) {
            const auto c = static_cast<std::size_t>((j / cells.pool) * cells.nx + i / cells.pool);
            const float value = place_value(*score++, *hu++);
            if (value <= plane.value[c]) continue;
            plane.value[c] = value;
            plane.voxel[c] = static_cast<std::uint8_t>((j % cells.pool) * cells.pool + i % cells.pool);
        }
    return plane;
}

// The steps from one slice to the next: along i and along j on their own, since the cost of a step is the sum
// of both parts'. For each cell the best total within reach, less the step's cost, and the step.
class Steps {
  public:
    Steps(const CellGrid& cells, double step_mm, double height_mm)
        : cells_(cells),
          reach_(std::max(1, static_cast<int>(std::ceil(steepest * height_mm / step_mm)))),
          best_(cells.area()) {
        for (int d = -reach_; d <= reach_; ++d)
            cost_.push_back(static_cast<float>(bend_cost * d * d * step_mm * step_mm / height_mm));
    }

    // `total` becomes the best total of a step to each cell; `di`, `dj` where it comes from: first dj, then
    // di of the cell there.
    void take(std::vector<float>& total, std::int8_t* di, std::int8_t* dj) {
        const auto [pool, nx, ny] = cells_;
        std::ranges::fill(best_, nowhere);
        for (int d = -reach_; d <= reach_; ++d)
            for (int j = 0; j < ny; ++j)
                relax(total, di, j * nx + std::max(0, -d), j * nx + std::min(nx, nx - d), d, d);
        std::swap(total, best_);
        std::ranges::fill(best_, nowhere);
        for (int d = -reach_; d <= reach_; ++d)
            relax(total, dj, std::max(0, -d) * nx, std::min(ny, ny - d) * nx, d * nx, d);
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

    CellGrid cells_;
    int reach_;
    std::vector<float> cost_, best_;
};

}  // namespace

std::vector<VoxelIndex> canal_path(const Volume& coarse, const EnclosureFinder& enclosures, int count,
                                   int threads) {
    const CellGrid cells = cell_grid(coarse.grid);
    std::vector<Plane> planes(static_cast<std::size_t>(count));
    parallel_for(threads, count, [&](int k) {
        planes[static_cast<std::size_t>(k)] = make_plane(coarse, enclosures, cells, k);
    });

    Steps steps(cells, cells.pool * coarse.grid.spacing_mm[0], coarse.grid.spacing_mm[2]);
    const std::size_t area = cells.area();
    std::vector<std::int8_t> di(area * planes.size()), dj(area * planes.size());
    std::vector<float> total = planes[0].value;
    for (std::size_t k = 1; k < planes.size(); ++k) {
        steps.take(total, &di[k * area], &dj[k * area]);
        for (std::size_t c = 0; c < area; ++c) total[c] += planes[k].value[c];
    }

    auto c = static_cast<std::size_t>(std::ranges::max_element(total) - total.begin());
    std::vector<VoxelIndex> path(planes.size());
    for (std::size_t k = planes.size(); k-- > 0;) {
        const int voxel = planes[k].voxel[c];
        const int i = static_cast<int>(c) % cells.nx, j = static_cast<int>(c) / cells.nx;
        path[k] = {i * cells.pool + voxel % cells.pool, j * cells.pool + voxel / cells.pool,
                   static_cast<int>(k)};
        if (k == 0) break;
        const std::size_t row = c + static_cast<std::size_t>(dj[k * area + c] * cells.nx);
        c = row + static_cast<std::size_t>(static_cast<std::ptrdiff_t>(di[k * area + row]));
    }
    return path;
}

}  // namespace calcinode::spine
