#include "report/figure_views.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace calcinode::report {
namespace {

// Height of the projection: some ten thoracic vertebrae, or the whole neck. Longer scans are cut out around
// the main deposit, so that it stays large enough to see.
constexpr double longest_projection_mm = 260;
// The spine lies some way behind the middle of the projection: bodies and prevertebral space are in front.
constexpr double centre_before_canal_mm = 12;
// Half the slab: the canal, facets and transverse processes of a vertebra, without most of the ribs. On the
// main deposit's side it reaches as far as the deposit does.
constexpr double half_slab_mm = 24;
constexpr double widest_half_slab_mm = 60;
constexpr double slab_margin_mm = 3;  // beside the main deposit
constexpr double axial_width_mm = 170;
constexpr double axial_margin_mm = 30;  // around the main deposit

// As many voxels as `length_mm` takes around `centre` (in voxels), moved to fit the axis.
Span cut_out(double centre, double length_mm, int size, double spacing_mm) {
    const int count = std::clamp(static_cast<int>(std::lround(length_mm / spacing_mm)), 1, size);
    const int low = static_cast<int>(std::lround(centre - count / 2.0));
    return {std::clamp(low, 0, size - count), count};
}

struct Box {
    VoxelIndex low, high;  // both within
};

Box box_of(const VoxelMask& mask) {
    return {mask.low,
            {mask.low.i + mask.size[0] - 1, mask.low.j + mask.size[1] - 1, mask.low.k + mask.size[2] - 1}};
}

// Calls seen(i, j, k) for each voxel of the mask that is in the grid.
template <class Seen>
void each_voxel(const VoxelMask& mask, const Grid& grid, Seen&& seen) {
    std::size_t n = 0;
    const auto [low, high] = box_of(mask);
    for (int k = low.k; k <= high.k; ++k)
        for (int j = low.j; j <= high.j; ++j)
            for (int i = low.i; i <= high.i; ++i, ++n)
                if (mask.inside[n] && grid.contains({i, j, k})) seen(i, j, k);
}

void add(PixelMask& mask, const View& view, int x, int y) {
    if (x < 0 || y < 0 || x >= view.width || y >= view.height) return;
    auto& pixel = mask.inside[static_cast<std::size_t>(y) * static_cast<std::size_t>(view.width) +
                              static_cast<std::size_t>(x)];
    mask.count += pixel == 0;
    pixel = 1;
}

std::size_t pixels(const View& view) {
    return static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height);
}

// How far the slab reaches to both sides of the canal's centre, in mm along i.
struct Slab {
    double low = half_slab_mm, high = half_slab_mm;
};

Slab slab_around(const Deposit& main, const CanalAtEachSlice& canal, const Grid& grid) {
    const auto [low, high] = box_of(main.mask);
    Slab slab;
    for (int k = std::max(low.k, 0); k <= std::min(high.k, grid.size[2] - 1); ++k) {
        const double centre = canal.i[static_cast<std::size_t>(k)];
        slab.low = std::max(slab.low, (centre - low.i) * grid.spacing_mm[0] + slab_margin_mm);
        slab.high = std::max(slab.high, (high.i - centre) * grid.spacing_mm[0] + slab_margin_mm);
    }
    return {std::min(slab.low, widest_half_slab_mm), std::min(slab.high, widest_half_slab_mm)};
}

// One pass: each row along i is contiguous, and only its part within the slab is read.
void project(SagittalView& view, const Volume& volume, const CanalAtEachSlice& canal, Slab slab) {
    const auto& grid = volume.grid;
    for (int y = 0; y < view.height; ++y) {
        const int k = view.along.low + view.along.count - 1 - y;
        const double centre = canal.i[static_cast<std::size_t>(k)];
        const int first = std::clamp(static_cast<int>(std::floor(centre - slab.low / grid.spacing_mm[0])), 0,
                                     grid.size[0] - 1);
        const int last = std::clamp(static_cast<int>(std::ceil(centre + slab.high / grid.spacing_mm[0])),
                                    first, grid.size[0] - 1);
        for (int x = 0; x < view.width; ++x) {
            const auto* row = volume.hu.data() + grid.offset({0, view.across.low + x, k});
            std::int16_t most = row[first];
            for (int i = first + 1; i <= last; ++i) most = std::max(most, row[i]);
            view.grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(view.width) +
                      static_cast<std::size_t>(x)] = windowed(most, projection_window);
        }
    }
}

int plane_of_most(const VoxelMask& mask, const Grid& grid) {
    std::vector<int> count(static_cast<std::size_t>(grid.size[2]), 0);
    each_voxel(mask, grid, [&](int, int, int k) { ++count[static_cast<std::size_t>(k)]; });
    // The plane through the centroid, unless it shows much less than the best one: a deposit may be hollow.
    double sum = 0, total = 0;
    for (std::size_t k = 0; k < count.size(); ++k) {
        sum += static_cast<double>(k) * count[k];
        total += count[k];
    }
    if (total == 0) return grid.size[2] / 2;
    const auto best = std::ranges::max_element(count);
    const auto middle = static_cast<std::size_t>(std::lround(sum / total));
    if (count[middle] * 4 >= *best * 3) return static_cast<int>(middle);
    return static_cast<int>(best - count.begin());
}

void put_masks(View& view, const Findings& findings) {
    view.deposits.resize(findings.deposits.size());
    for (auto& mask : view.deposits) mask.inside.assign(pixels(view), 0);
}

}  // namespace

std::uint8_t windowed(int hu, GreyWindow window) {
    return static_cast<std::uint8_t>(
        std::clamp((hu - window.level + window.width / 2) * 255 / window.width, 0, 255));
}

CanalAtEachSlice canal_at_each_slice(const Findings& findings, const Grid& grid) {
    std::vector<Vec3> line;
    for (const auto& point : findings.spine.canal) line.push_back(grid.to_index(point));
    // Without a canal the main deposit is what there is to follow.
    if (line.empty() && !findings.deposits.empty())
        line.push_back(grid.to_index(findings.deposits.front().centroid));
    if (line.empty()) line.push_back({grid.size[0] / 2.0, grid.size[1] / 2.0, 0});
    std::ranges::sort(line, {}, &Vec3::z);

    CanalAtEachSlice canal;
    std::size_t above = 0;  // first point at or above k
    for (int k = 0; k < grid.size[2]; ++k) {
        while (above < line.size() && line[above].z < k) ++above;
        const Vec3 high = line[std::min(above, line.size() - 1)];
        const Vec3 low = line[above == 0 ? 0 : above - 1];
        const double gap = high.z - low.z;
        const double part = gap > 0 ? std::clamp((k - low.z) / gap, 0.0, 1.0) : 0.0;
        canal.i.push_back(low.x + (high.x - low.x) * part);
        canal.j.push_back(low.y + (high.y - low.y) * part);
    }
    return canal;
}

SagittalView sagittal_view(const Findings& findings, const Volume& volume, double aspect) {
    const auto& grid = volume.grid;
    const auto& main = findings.deposits.front();
    const auto canal = canal_at_each_slice(findings, grid);
    const Vec3 centre = grid.to_index(main.centroid);
    const double height_mm = std::min(longest_projection_mm, grid.size[2] * grid.spacing_mm[2]);

    SagittalView view;
    view.along = cut_out(centre.z, height_mm, grid.size[2], grid.spacing_mm[2]);
    const double canal_j = std::accumulate(canal.j.begin() + view.along.low,
                                           canal.j.begin() + view.along.low + view.along.count, 0.0) /
                           view.along.count;
    view.across = cut_out(canal_j - centre_before_canal_mm / grid.spacing_mm[1], height_mm * aspect,
                          grid.size[1], grid.spacing_mm[1]);
    view.width = view.across.count;
    view.height = view.along.count;
    view.step_x_mm = grid.spacing_mm[1];
    view.step_y_mm = grid.spacing_mm[2];
    view.grey.resize(pixels(view));
    const auto slab = slab_around(main, canal, grid);
    view.slab_mm = slab.low + slab.high;
    project(view, volume, canal, slab);
    put_masks(view, findings);
    for (std::size_t d = 0; d < findings.deposits.size(); ++d)
        each_voxel(findings.deposits[d].mask, grid, [&](int, int j, int k) {
            add(view.deposits[d], view, j - view.across.low, view.along.low + view.along.count - 1 - k);
        });
    return view;
}

AxialView axial_view(const Findings& findings, const Volume& volume, double aspect) {
    const auto& grid = volume.grid;
    const auto& main = findings.deposits.front();
    AxialView view;
    view.k = plane_of_most(main.mask, grid);
    const auto canal = canal_at_each_slice(findings, grid);
    const auto k = static_cast<std::size_t>(view.k);
    const Vec3 centre = grid.to_index(main.centroid);
    // Both the canal and the deposit are to be seen.
    const double middle_i = (centre.x + canal.i[k]) / 2, middle_j = (centre.y + canal.j[k]) / 2;
    const double apart_mm = std::abs(centre.x - canal.i[k]) * grid.spacing_mm[0];
    const double width_mm =
        std::max(axial_width_mm, apart_mm + main.mask.size[0] * grid.spacing_mm[0] + 2 * axial_margin_mm);
    view.across = cut_out(middle_i, width_mm, grid.size[0], grid.spacing_mm[0]);
    view.along = cut_out(middle_j, width_mm / aspect, grid.size[1], grid.spacing_mm[1]);
    view.width = view.across.count;
    view.height = view.along.count;
    view.step_x_mm = grid.spacing_mm[0];
    view.step_y_mm = grid.spacing_mm[1];
    view.grey.reserve(pixels(view));
    for (int j = view.along.low; j < view.along.low + view.along.count; ++j)
        for (int i = view.across.low; i < view.across.low + view.across.count; ++i)
            view.grey.push_back(windowed(volume.at({i, j, view.k}), axial_window));
    put_masks(view, findings);
    for (std::size_t d = 0; d < findings.deposits.size(); ++d)
        each_voxel(findings.deposits[d].mask, grid, [&](int i, int j, int at_k) {
            if (at_k == view.k) add(view.deposits[d], view, i - view.across.low, j - view.along.low);
        });
    return view;
}

}  // namespace calcinode::report
