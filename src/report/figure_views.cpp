#include "report/figure_views.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace calcinode::report {
namespace {

constexpr double axial_width_mm = 150;  // a neck, or what is around a vertebra of the chest
constexpr double axial_margin_mm = 30;  // around the target
constexpr std::size_t sliver = 4;       // a part of a target that is less than one in so many of its voxels
constexpr double letter_from = 0.34;    // a direction's part: 20 degrees off the axis

void add(PixelMask& mask, const View& view, int x, int y) {
    if (x < 0 || y < 0 || x >= view.width || y >= view.height) return;
    auto& pixel = mask.inside[view.pixel(x, y)];
    mask.count += pixel == 0;
    pixel = 1;
}

void clear_masks(View& view, std::size_t targets) {
    view.targets.resize(targets);
    for (auto& mask : view.targets) mask.inside.assign(view.pixels(), 0);
}

// Voxels of the slab along an axis at one height.
struct Line {
    int first = 0, last = 0;
};

Line line_of(Slab slab, double centre, double spacing, int size) {
    const int first = std::clamp(static_cast<int>(std::floor(centre - slab.low_mm / spacing)), 0, size - 1);
    const int last = static_cast<int>(std::ceil(centre + slab.high_mm / spacing));
    return {first, std::clamp(last, first, size - 1)};
}

// Black and white, HU. Soft tissue is dark grey, fat and muscle are told apart, calcium from cortex too. A
// projection shows the densest voxel of each line: its soft tissue is brighter by the noise.
constexpr int projection_black = -200, axial_black = -300;
constexpr int least_projection_white = 1200, most_projection_white = 1800;
constexpr int least_axial_white = 900, most_axial_white = 1500;

// Of each row along i, which is contiguous, only the part within the slab is read.
void project_sagittal(ProjectionView& view, const Scene& scene, Slab slab) {
    const auto& grid = scene.volume.grid;
    for (int y = 0; y < view.height; ++y) {
        const int k = view.heights.low + view.heights.count - 1 - y;
        const auto line = line_of(slab, scene.canal.i_at(k), grid.spacing_mm[0], grid.size[0]);
        for (int x = 0; x < view.width; ++x) {
            const auto* row = scene.volume.hu.data() + grid.offset({0, view.across.low + x, k});
            view.hu[view.pixel(x, y)] = *std::max_element(row + line.first, row + line.last + 1);
        }
    }
}

// Rows along i are laid over each other.
void project_coronal(ProjectionView& view, const Scene& scene, Slab slab) {
    const auto& grid = scene.volume.grid;
    for (int y = 0; y < view.height; ++y) {
        const int k = view.heights.low + view.heights.count - 1 - y;
        const auto line = line_of(slab, scene.canal.j_at(k), grid.spacing_mm[1], grid.size[1]);
        auto* const most = view.hu.data() + view.pixel(0, y);
        for (int j = line.first; j <= line.last; ++j) {
            const auto* row = scene.volume.hu.data() + grid.offset({view.across.low, j, k});
            for (int x = 0; x < view.width; ++x) most[x] = std::max(most[x], row[x]);
        }
    }
}

// Of each target what lies in the slab, unless that is a sliver that tells nothing.
void put_targets(ProjectionView& view, const Scene& scene, Slab slab) {
    const auto& grid = scene.volume.grid;
    std::vector<Line> lines;
    for (int k = 0; k < grid.size[2]; ++k)
        lines.push_back(view.coronal ? line_of(slab, scene.canal.j_at(k), grid.spacing_mm[1], grid.size[1])
                                     : line_of(slab, scene.canal.i_at(k), grid.spacing_mm[0], grid.size[0]));
    clear_masks(view, scene.targets.size());
    for (std::size_t t = 0; t < scene.targets.size(); ++t) {
        std::size_t all = 0, shown = 0;
        each_voxel(scene.targets[t], grid, [&](int i, int j, int k) {
            const auto line = lines[static_cast<std::size_t>(k)];
            const int through = view.coronal ? j : i;
            ++all;
            if (through < line.first || through > line.last) return;
            ++shown;
            add(view.targets[t], view, (view.coronal ? i : j) - view.across.low,
                view.heights.low + view.heights.count - 1 - k);
        });
        if (shown * sliver < all) view.targets[t] = {std::vector<std::uint8_t>(view.pixels(), 0), 0};
    }
}

ProjectionView projection(const Scene& scene, bool coronal, Slab slab, double width_mm) {
    const auto& grid = scene.volume.grid;
    const std::size_t axis = coronal ? 0 : 1;
    ProjectionView view;
    view.coronal = coronal;
    view.heights = scene.heights;
    view.across = cut_out((coronal ? scene.coronal : scene.sagittal).centre, width_mm, grid.size[axis],
                          grid.spacing_mm[axis]);
    view.width = view.across.count;
    view.height = view.heights.count;
    view.step_x_mm = grid.spacing_mm[axis];
    view.step_y_mm = grid.spacing_mm[2];
    view.slab_mm = slab.thickness_mm();
    view.hu.assign(view.pixels(), std::numeric_limits<std::int16_t>::min());
    coronal ? project_coronal(view, scene, slab) : project_sagittal(view, scene, slab);
    view.window = window_for(view.hu, projection_black, least_projection_white, most_projection_white);
    put_targets(view, scene, slab);
    return view;
}

// The plane through the middle of a target, unless it shows much less than the best one: a deposit may be
// hollow.
int plane_of_most(const Target& target, const Grid& grid) {
    std::vector<int> count(static_cast<std::size_t>(grid.size[2]), 0);
    each_voxel(target, grid, [&](int, int, int k) { ++count[static_cast<std::size_t>(k)]; });
    double sum = 0, total = 0;
    for (std::size_t k = 0; k < count.size(); ++k) {
        sum += static_cast<double>(k) * count[k];
        total += count[k];
    }
    if (total == 0)
        return std::clamp(static_cast<int>(std::lround(grid.to_index(target.centre).z)), 0, grid.size[2] - 1);
    const auto best = std::ranges::max_element(count);
    const auto middle = static_cast<std::size_t>(std::lround(sum / total));
    if (count[middle] * 4 >= *best * 3) return static_cast<int>(middle);
    return static_cast<int>(best - count.begin());
}

}  // namespace

std::string direction_letters(Vec3 direction) {
    struct Part {
        double size;
        char letter;
    };
    std::array<Part, 3> parts{Part{direction.x, direction.x > 0 ? 'L' : 'R'},
                              Part{direction.y, direction.y > 0 ? 'P' : 'A'},
                              Part{direction.z, direction.z > 0 ? 'H' : 'F'}};
    std::ranges::stable_sort(parts, std::ranges::greater{}, [](Part p) { return std::abs(p.size); });
    std::string letters(1, parts[0].letter);
    for (const auto& part : {parts[1], parts[2]})
        if (std::abs(part.size) >= letter_from) letters += part.letter;
    return letters;
}

ProjectionView sagittal_view(const Scene& scene, double width_mm) {
    return projection(scene, false, scene.sagittal_slab, width_mm);
}

ProjectionView coronal_view(const Scene& scene, std::size_t target, double width_mm) {
    return projection(scene, true, coronal_slab(scene, target), width_mm);
}

AxialView axial_view(const Scene& scene, std::size_t target, double aspect) {
    const auto& grid = scene.volume.grid;
    const auto& main = scene.targets[target];
    AxialView view;
    view.k = plane_of_most(main, grid);
    const Vec3 centre = grid.to_index(main.centre);
    const double canal_i = scene.canal.i_at(view.k), canal_j = scene.canal.j_at(view.k);
    // Both the canal and the target are to be seen.
    const auto needed = [&](double a, double b, int low, int high, std::size_t axis) {
        return (std::abs(a - b) + high - low + 1) * grid.spacing_mm[axis] + 2 * axial_margin_mm;
    };
    const auto [low, high] = box_of(main, grid);
    const double width_mm = std::max({axial_width_mm, needed(centre.x, canal_i, low.i, high.i, 0),
                                      needed(centre.y, canal_j, low.j, high.j, 1) * aspect});
    view.across = cut_out((centre.x + canal_i) / 2, width_mm, grid.size[0], grid.spacing_mm[0]);
    view.along = cut_out((centre.y + canal_j) / 2, width_mm / aspect, grid.size[1], grid.spacing_mm[1]);
    view.width = view.across.count;
    view.height = view.along.count;
    view.step_x_mm = grid.spacing_mm[0];
    view.step_y_mm = grid.spacing_mm[1];
    view.hu.reserve(view.pixels());
    for (int j = view.along.low; j < view.along.low + view.along.count; ++j) {
        const auto* row = scene.volume.hu.data() + grid.offset({view.across.low, j, view.k});
        view.hu.insert(view.hu.end(), row, row + view.width);
    }
    view.window = window_for(view.hu, axial_black, least_axial_white, most_axial_white);
    clear_masks(view, scene.targets.size());
    for (std::size_t t = 0; t < scene.targets.size(); ++t)
        each_voxel(scene.targets[t], grid, [&](int i, int j, int k) {
            if (k == view.k) add(view.targets[t], view, i - view.across.low, j - view.along.low);
        });
    return view;
}

}  // namespace calcinode::report
