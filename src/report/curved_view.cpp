#include "report/curved_view.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/range.hpp"

namespace calcinode::report {
namespace {

constexpr double pixel_mm = 0.6;
constexpr double course_step_mm = 1;     // between known places of the surface's course
constexpr double course_smooth_mm = 15;  // moving mean: less than a vertebra, more than the line's own noise
constexpr double beyond_ends_mm = 30;    // above and below the canal: skull base, sacrum
// Sagittal: the throat or the great vessels in front, the spinous processes behind.
constexpr double shown_before_mm = 75, shown_behind_mm = 60;
constexpr double sagittal_slab_mm = 3;
// Coronal: through the bodies' middle to the transverse processes, not to the spinous ones.
constexpr double half_width_mm = 100;
constexpr double slab_front_mm = 40, slab_back_mm = 14;
constexpr double slab_step_mm = 1;
// Each line of the coronal slab meets some cortex: soft tissue is dark, so that bones stand out of each
// other.
constexpr GreyWindow coronal_window{1700, 750};
constexpr GreyWindow sagittal_window{1800, 400};
constexpr double air_hu = -1024;

// What the surface follows: canal and bodies, by height.
struct Knot {
    double z = 0, through = 0;
};

// To the back, level: the mean of the vertebrae's own, so that a turned spine is cut through its middle.
Vec3 mean_back(const Spine& spine) {
    Vec3 sum{0, 0.01, 0};
    for (const auto& v : spine.vertebrae) sum = sum + Vec3{v.back.x, v.back.y, 0};
    return unit(sum);
}

// Between canal and body at the vertebrae's heights in a sagittal picture; the canal alone in a coronal one.
std::vector<Knot> knots(CurvedPlane plane, const Spine& spine, Vec3 through) {
    std::vector<Knot> all;
    for (const auto& p : spine.canal) {
        double place = dot(p, through);
        if (plane == CurvedPlane::sagittal && !spine.vertebrae.empty()) {
            const auto nearest = std::ranges::min_element(
                spine.vertebrae, {}, [&](const Vertebra& v) { return distance(v.canal, p); });
            place += dot(nearest->body - nearest->canal, through) / 2;
        }
        all.push_back({p.z, place});
    }
    std::ranges::sort(all, {}, &Knot::z);
    return all;
}

double at_height(const std::vector<Knot>& line, double z) {
    const auto above = std::ranges::lower_bound(line, z, {}, &Knot::z);
    if (above == line.begin()) return line.front().through;
    if (above == line.end()) return line.back().through;
    const auto& low = *(above - 1);
    const double gap = above->z - low.z;
    return gap > 0 ? low.through + (above->through - low.through) * (z - low.z) / gap : low.through;
}

std::vector<double> smoothed(const std::vector<double>& values, int half) {
    std::vector<double> result;
    const int size = static_cast<int>(values.size());
    for (int n = 0; n < size; ++n) {
        const int reach = std::min({half, n, size - 1 - n});  // symmetric, so that a slope keeps its place
        const auto first = values.begin() + (n - reach);
        result.push_back(std::accumulate(first, first + 2 * reach + 1, 0.0) / (2 * reach + 1));
    }
    return result;
}

// Linear interpolation; air outside the volume.
double sample(const Volume& volume, Vec3 index) {
    const auto& size = volume.grid.size;
    const int i = static_cast<int>(std::floor(index.x)), j = static_cast<int>(std::floor(index.y)),
              k = static_cast<int>(std::floor(index.z));
    if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return air_hu;
    const double fi = index.x - i, fj = index.y - j, fk = index.z - k;
    const int i1 = std::min(i + 1, size[0] - 1), j1 = std::min(j + 1, size[1] - 1),
              k1 = std::min(k + 1, size[2] - 1);
    const auto row = [&](int at_j, int at_k) {
        return volume.at({i, at_j, at_k}) * (1 - fi) + volume.at({i1, at_j, at_k}) * fi;
    };
    const auto plane = [&](int at_k) { return row(j, at_k) * (1 - fj) + row(j1, at_k) * fj; };
    return plane(k) * (1 - fk) + plane(k1) * fk;
}

Range heights(const Spine& spine, const Grid& grid) {
    Range volume, canal;
    for (int corner = 0; corner < 8; ++corner)
        volume.take(grid.to_lps(corner & 1 ? grid.size[0] - 1 : 0, corner & 2 ? grid.size[1] - 1 : 0,
                                corner & 4 ? grid.size[2] - 1 : 0)
                        .z);
    for (const auto& p : spine.canal) canal.take(p.z);
    return {std::max(volume.low, canal.low - beyond_ends_mm),
            std::min(volume.high, canal.high + beyond_ends_mm)};
}

class Maker {
  public:
    Maker(CurvedPlane plane, const Spine& spine, const Volume& volume)
        : plane_(plane), spine_(spine), volume_(volume) {
        const Vec3 back = mean_back(spine), left{back.y, -back.x, 0};
        view_.across = plane == CurvedPlane::sagittal ? back : left;
        through_ = plane == CurvedPlane::sagittal ? left : back;
    }
    CurvedView make();

  private:
    void find_course();
    void find_extent();
    double through_at(double along_mm, double& z) const;
    double hu_at(LpsPoint on_surface) const;

    CurvedPlane plane_;
    const Spine& spine_;
    const Volume& volume_;
    CurvedView view_;
    Vec3 through_;
    std::vector<double> course_;  // of the surface in the direction through_, as view_.along_mm
};

void Maker::find_course() {
    const auto z = heights(spine_, volume_.grid);
    const int count = std::max(2, static_cast<int>((z.high - z.low) / course_step_mm) + 1);
    view_.z_top = z.high;
    view_.z_step = (z.high - z.low) / (count - 1);
    const auto line = knots(plane_, spine_, through_);
    std::vector<double> rough;
    for (int n = 0; n < count; ++n) rough.push_back(at_height(line, view_.z_top - n * view_.z_step));
    course_ = smoothed(rough, static_cast<int>(course_smooth_mm / course_step_mm / 2));
    view_.along_mm.assign(1, 0);
    for (std::size_t n = 1; n < course_.size(); ++n)
        view_.along_mm.push_back(view_.along_mm.back() +
                                 std::hypot(view_.z_step, course_[n] - course_[n - 1]));
}

void Maker::find_extent() {
    Range across;
    for (const auto& p : spine_.canal) across.take(dot(p, view_.across));
    Range shown{across.low - shown_before_mm, across.high + shown_behind_mm};
    if (plane_ == CurvedPlane::coronal) {
        const double middle = (across.low + across.high) / 2;
        const double half = std::max(half_width_mm, (across.high - across.low) / 2 + half_width_mm / 2);
        shown = {middle - half, middle + half};
    }
    view_.first_across_mm = shown.low;
    view_.step_x_mm = view_.step_y_mm = pixel_mm;
    view_.width = std::max(1, static_cast<int>((shown.high - shown.low) / pixel_mm));
    view_.height = std::max(1, static_cast<int>(view_.along_mm.back() / pixel_mm));
}

// The surface's place at a length from the top; `z` becomes its height.
double Maker::through_at(double along_mm, double& z) const {
    const auto& along = view_.along_mm;
    const auto after = std::ranges::upper_bound(along, along_mm);
    const auto n = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(after - along.begin() - 1, 0, std::ssize(along) - 2));
    const double part = (along_mm - along[n]) / (along[n + 1] - along[n]);
    z = view_.z_top - (static_cast<double>(n) + part) * view_.z_step;
    return course_[n] + (course_[n + 1] - course_[n]) * part;
}

double Maker::hu_at(LpsPoint on_surface) const {
    const auto& grid = volume_.grid;
    const Vec3 start = grid.to_index(on_surface);
    const Vec3 step = grid.to_index(on_surface + through_ * slab_step_mm) - start;
    if (plane_ == CurvedPlane::coronal) {
        double most = air_hu;
        for (double t = -slab_front_mm; t <= slab_back_mm; t += slab_step_mm)
            most = std::max(most, sample(volume_, start + step * (t / slab_step_mm)));
        return most;
    }
    constexpr int half = static_cast<int>(sagittal_slab_mm / slab_step_mm / 2);
    double sum = 0;
    for (int n = -half; n <= half; ++n) sum += sample(volume_, start + step * n);
    return sum / (2 * half + 1);
}

CurvedView Maker::make() {
    find_course();
    find_extent();
    const bool sagittal = plane_ == CurvedPlane::sagittal;
    view_.slab_mm = sagittal ? sagittal_slab_mm : slab_front_mm + slab_back_mm;
    view_.window = sagittal ? sagittal_window : coronal_window;
    view_.hu.reserve(view_.pixels());
    for (int y = 0; y < view_.height; ++y) {
        double z = 0;
        const double through = through_at(y * pixel_mm, z);
        const LpsPoint row = through_ * through + Vec3{0, 0, z};
        for (int x = 0; x < view_.width; ++x) {
            const auto hu = hu_at(row + view_.across * (view_.first_across_mm + x * pixel_mm));
            view_.hu.push_back(static_cast<std::int16_t>(std::lround(hu)));
        }
    }
    return std::move(view_);
}

}  // namespace

PixelPoint CurvedView::at(LpsPoint p) const {
    const double place = std::clamp((z_top - p.z) / z_step, 0.0, static_cast<double>(along_mm.size() - 1));
    const auto n = std::min(static_cast<std::size_t>(place), along_mm.size() - 2);
    const double part = place - static_cast<double>(n);
    const double along = along_mm[n] + (along_mm[n + 1] - along_mm[n]) * part;
    return {(dot(p, across) - first_across_mm) / step_x_mm, along / step_y_mm};
}

CurvedView curved_view(CurvedPlane plane, const Spine& spine, const Volume& volume) {
    return Maker(plane, spine, volume).make();
}

}  // namespace calcinode::report
