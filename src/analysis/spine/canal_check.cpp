#include "analysis/spine/canal_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

namespace calcinode::spine {
namespace {

// Bone is compared at both sides in this range, as far as a vertebra reaches.
constexpr double to_side_mm = 33, from_front_mm = -33, to_back_mm = 33, grid_mm = 3;
constexpr int largest_shift = 1;  // of the middle against the line, in steps of the grid
constexpr double piece_mm = 12;
constexpr int low_hu = 130, high_hu = 330;
// The patient may lie turned about the long axis, or a vertebra be turned by a scoliosis.
constexpr std::array<int, 7> turns_deg{-24, -16, -8, 0, 8, 16, 24};
constexpr double arch_reach_mm = 24, arch_first_mm = 3;
constexpr int arch_hu = 160, air_hu = -300;
constexpr int body_hu = -300, side_voxels = 2;  // of air between the trunk and the edge of the view
constexpr std::array<int, 5> back_deg{45, 67, 90, 113, 135};
constexpr int rays_of_an_arch = 4;
constexpr double wall_first_mm = 3, wall_reach_mm = 22;
constexpr int wall_hu = 140, marrow_hu = 80;  // old marrow; muscle has up to 70
constexpr double body_near_mm = 5, body_far_mm = 13, body_half_width_mm = 6, body_grid_mm = 2,
                 body_share = 0.6;

Vec3 across(double degrees, double u, double v) {
    const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
    return {u * c - v * s, u * s + v * c, 0};
}

int hu_at(const Volume& coarse, LpsPoint place) {
    const VoxelIndex v = coarse.grid.nearest(place);
    return coarse.grid.contains(v) ? coarse.at(v) : -1024;
}

// Behind the wall in front of the canal lies marrow; in front of a long bone's wall, muscle.
bool body_in_front(const Volume& coarse, LpsPoint place) {
    double wall = wall_first_mm;
    while (wall < wall_reach_mm && hu_at(coarse, place + Vec3{0, -wall, 0}) < wall_hu) wall += 1;
    if (wall >= wall_reach_mm) return false;
    int marrow = 0, count = 0;
    for (double v = wall + body_near_mm; v <= wall + body_far_mm; v += body_grid_mm)
        for (double u = -body_half_width_mm; u <= body_half_width_mm; u += body_grid_mm, ++count)
            marrow += hu_at(coarse, place + Vec3{u, -v, 0}) > marrow_hu;
    return marrow >= body_share * count;
}

// Bone beside the line, u to the left and v to the back, averaged over a piece of it as long as half a
// vertebra: voxels and trabeculae differ from side to side, a vertebra's outline does not.
class BoneMap {
  public:
    BoneMap(const Volume& coarse, const std::vector<CanalPoint>& line, std::size_t first, std::size_t last,
            double turn_deg)
        : hu_(columns * rows, 0) {
        for (std::size_t n = first; n < last; ++n) {
            // In the plane at right angles to the line: a spine that leans has its mirror image there.
            const auto& high = line[n - std::min(n, direction_points)].centre;
            const auto& low = line[std::min(n + direction_points, line.size() - 1)].centre;
            const Vec3 down = unit(low - high);
            const Vec3 aside = across(turn_deg, 1, 0);
            const Vec3 left = unit(aside - down * dot(aside, down)), back = cross(left, down);
            std::size_t cell = 0;
            for (int row = 0; row < rows; ++row)
                for (int column = 0; column < columns; ++column, ++cell) {
                    const double u = (column - middle_column) * grid_mm, v = from_front_mm + row * grid_mm;
                    hu_[cell] +=
                        std::clamp(hu_at(coarse, line[n].centre + left * u + back * v), low_hu, high_hu) -
                        low_hu;
                }
        }
    }
    // Of the bone on both sides of a middle that lies `shift` columns off the line: what both sides share,
    // and what either has.
    std::pair<double, double> folded(int shift) const {
        double shared = 0, either = 0;
        for (int row = 0; row < rows; ++row)
            for (int far = 1; far <= half_columns; ++far) {
                const double a = at(row, middle_column + shift + far),
                             b = at(row, middle_column + shift - far);
                shared += std::min(a, b), either += std::max(a, b);
            }
        return {shared, either};
    }

  private:
    static constexpr std::size_t direction_points = 3;
    static constexpr int half_columns = static_cast<int>(to_side_mm / grid_mm);
    static constexpr int middle_column = half_columns + largest_shift, columns = 2 * middle_column + 1;
    static constexpr int rows = static_cast<int>((to_back_mm - from_front_mm) / grid_mm) + 1;
    int at(int row, int column) const { return hu_[static_cast<std::size_t>(row * columns + column)]; }

    std::vector<int> hu_;
};

double symmetry_of(const Volume& coarse, const std::vector<CanalPoint>& line) {
    const double point_mm = line.size() > 1 ? distance(line[0].centre, line[1].centre) : 1;
    const auto piece = static_cast<std::size_t>(std::max(1.0, piece_mm / std::max(point_mm, 0.5)));
    double shared = 0, either = 0;
    for (std::size_t first = 0; first < line.size(); first += piece) {
        const std::size_t last = std::min(line.size(), first + piece);
        std::pair<double, double> best{0, 0};
        double most = -1;
        for (const int turn : turns_deg) {
            const BoneMap map(coarse, line, first, last, turn);
            for (int shift = -largest_shift; shift <= largest_shift; ++shift)
                if (const auto fold = map.folded(shift); fold.second > 0 && fold.first / fold.second > most)
                    most = fold.first / fold.second, best = fold;
        }
        shared += best.first, either += best.second;
    }
    return either > 0 ? shared / either : 0;
}

struct Sides {
    int low = 0, high = 0;  // voxels along i
    bool in_view = false;
};

// The trunk's sides in a slice.
Sides sides_of(const Volume& coarse, int k) {
    const auto& grid = coarse.grid;
    Sides sides{grid.size[0], -1, false};
    for (int j = 0; j < grid.size[1]; ++j)
        for (int i = 0; i < grid.size[0]; ++i)
            if (coarse.at({i, j, k}) > body_hu)
                sides.low = std::min(sides.low, i), sides.high = std::max(sides.high, i);
    sides.in_view = sides.low >= side_voxels && sides.high < grid.size[0] - side_voxels;
    return sides;
}

void measure_off_middle(const Volume& coarse, const std::vector<CanalPoint>& line, SpineLikeness& likeness) {
    likeness.sides_in_view = true;
    for (const auto& point : line) {
        const Vec3 index = coarse.grid.to_index(point.centre);
        const auto sides =
            sides_of(coarse, std::clamp(static_cast<int>(std::lround(index.z)), 0, coarse.grid.size[2] - 1));
        likeness.sides_in_view = likeness.sides_in_view && sides.in_view;
        if (sides.high > sides.low)
            likeness.off_middle += std::abs(index.x - (sides.low + sides.high) / 2.0) /
                                   (sides.high - sides.low) / static_cast<double>(line.size());
    }
}

}  // namespace

bool arch_behind(const Volume& coarse, LpsPoint place) {
    int hits = 0;
    for (const int degrees : back_deg) {
        const Vec3 along = across(degrees, 1, 0);
        for (double t = arch_first_mm; t <= arch_reach_mm; t += 1) {
            const int hu = hu_at(coarse, place + along * t);
            if (hu < air_hu) break;
            if (hu < arch_hu) continue;
            ++hits;
            break;
        }
    }
    return hits >= rays_of_an_arch;
}

SpineLikeness likeness_of(const Volume& coarse, const std::vector<CanalPoint>& line) {
    SpineLikeness likeness;
    if (line.empty()) return likeness;
    int arches = 0, bodies = 0;
    for (const auto& point : line) {
        arches += arch_behind(coarse, point.centre);
        bodies += body_in_front(coarse, point.centre);
    }
    likeness.symmetry = symmetry_of(coarse, line);
    measure_off_middle(coarse, line, likeness);
    likeness.arches = static_cast<double>(arches) / static_cast<double>(line.size());
    likeness.bodies = static_cast<double>(bodies) / static_cast<double>(line.size());
    return likeness;
}

}  // namespace calcinode::spine
