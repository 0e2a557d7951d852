#include "analysis/spine/endplates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace calcinode::spine {
namespace {

constexpr int strip_half_mm = 5;     // within the uncinate processes of any neck
constexpr double corner_mm = 2;      // rounded corners and osteophytes at both ends of an endplate
constexpr double seen_depth = 0.75;  // of the depth is looked at: its front end is not known yet
constexpr double largest_tilt = 0.5, tilt_step = 0.05;  // 27 degrees against the canal
constexpr double s_step_mm = 0.5;
// How far a disc may be from its given height: in parts of the bodies' depth, which is about their distance.
constexpr double tolerance_part = 0.3, least_tolerance_mm = 5;
constexpr double thinnest_mm = 1.5;
constexpr double wedge = 0.15;          // of a plate's own tilt against the disc's: 8 degrees
constexpr double about_as_well = 0.02;  // of the best score
constexpr double largest_lean = 0.25;
constexpr int lean_half_mm = 8;

struct Line {
    double s_mm, tilt, score;
};

// Mean step along s on the line s = s_mm + tilt * (v - v_mm), from front_v to back_v.
double mean_step(const MidSection& section, double s_mm, double tilt, double v_mm, double front_v,
                 double back_v) {
    double sum = 0;
    int count = 0;
    for (double v = front_v; v <= back_v; v += 1, ++count)
        sum += damped(section.step_along_s(s_mm + tilt * (v - v_mm), v));
    return count > 0 ? sum / count : 0;
}

}  // namespace

MidSection::MidSection(const Straight& straight, int first_s, int last_s)
    : first_s_(first_s), rows_(std::max(1, last_s - first_s + 1)) {
    const auto& block = straight.hu;
    hu_.reserve(static_cast<std::size_t>(rows_) * (front_mm + 1));
    for (int s = first_s; s < first_s + rows_; ++s) {
        const int k = std::clamp(s, 0, block.size[2] - 1);
        for (int j = 0; j <= front_mm; ++j) {
            const std::int16_t* row = &block.values[block.offset(half_width_mm - strip_half_mm, j, k)];
            double sum = 0;
            for (int i = 0; i <= 2 * strip_half_mm; ++i) sum += std::clamp<double>(row[i], least_hu, most_hu);
            hu_.push_back(static_cast<float>(sum / (2 * strip_half_mm + 1)));
        }
    }
}

double MidSection::at(int s, int v) const {
    const int row = std::clamp(s - first_s_, 0, rows_ - 1), j = std::clamp(v + front_mm, 0, front_mm);
    return static_cast<double>(hu_[static_cast<std::size_t>(row * (front_mm + 1) + j)]);
}

double MidSection::hu(double s, double v) const {
    const double fs = std::floor(s), fv = std::floor(v), a = s - fs, b = v - fv;
    const int i = static_cast<int>(fs), j = static_cast<int>(fv);
    return (1 - a) * ((1 - b) * at(i, j) + b * at(i, j + 1)) +
           a * ((1 - b) * at(i + 1, j) + b * at(i + 1, j + 1));
}

namespace {

// The line's own height and tilt, by small steps from a start: the mean of all that fit about as well as the
// best one, since the best of a flat top is chance. `sign` is that of the step sought.
Line refined(const MidSection& section, Line line, double sign, double v_mm, double front_v, double back_v) {
    std::vector<Line> lines;
    for (double tilt = line.tilt - wedge; tilt <= line.tilt + wedge + 1e-9; tilt += tilt_step / 2)
        for (double s = line.s_mm - 1.5; s <= line.s_mm + 1.5 + 1e-9; s += s_step_mm / 2)
            lines.push_back({s, tilt, sign * mean_step(section, s, tilt, v_mm, front_v, back_v)});
    const double best = std::ranges::max_element(lines, {}, &Line::score)->score;
    Line mean{0, 0, best};
    double weights = 0;
    for (const auto& [s, tilt, score] : lines) {
        const double weight = std::exp((score - best) / (about_as_well * std::max(best, 10.0)));
        mean.s_mm += weight * s, mean.tilt += weight * tilt, weights += weight;
    }
    mean.s_mm /= weights, mean.tilt /= weights;
    return mean;
}

// The lean to the side that shows the plate best.
double best_lean(const Straight& straight, const Endplate& plate, double sign, double front_v,
                 double back_v) {
    const auto& block = straight.hu;
    const auto hu = [&](int u, int v, int s) {
        return std::clamp<double>(
            block.values[block.offset(u + half_width_mm, v + front_mm, std::clamp(s, 0, block.size[2] - 1))],
            least_hu, most_hu);
    };
    double best = 0, most = -std::numeric_limits<double>::infinity();
    for (double lean = -largest_lean; lean <= largest_lean + 1e-9; lean += 0.05) {
        double sum = 0;
        for (int u = -lean_half_mm; u <= lean_half_mm; u += 2)
            for (int v = static_cast<int>(front_v); v <= static_cast<int>(back_v); v += 2) {
                const double s = plate.at(0, v) + lean * u;
                const int k = static_cast<int>(std::floor(s));
                const double t = s - k;
                const double step =
                    (1 - t) * (hu(u, v, k + 1) - hu(u, v, k - 1)) + t * (hu(u, v, k + 2) - hu(u, v, k));
                sum += sign * damped(step);
            }
        sum *= 1 - 0.2 * std::abs(lean);  // upright where nothing says otherwise
        if (sum > most) most = sum, best = lean;
    }
    return best;
}

}  // namespace

DiscFaces find_disc_faces(const Straight& straight, const MidSection& section, const DiscSearch& search) {
    const double back_v = search.back_v_mm - corner_mm;
    const double front_v = std::max(-front_mm + 1.0, back_v - (seen_depth * search.depth_mm - corner_mm));
    const double v_mm = search.back_v_mm;
    const double tolerance_mm = std::max(least_tolerance_mm, tolerance_part * search.depth_mm);
    const int steps = static_cast<int>(std::ceil((search.thickest_mm / 2 + tolerance_mm) / s_step_mm));
    const auto height = [&](int n) { return search.s_mm + n * s_step_mm; };

    Line above{search.s_mm - 2, 0, 0}, below{search.s_mm + 2, 0, 0};
    double most = -std::numeric_limits<double>::infinity();
    std::vector<double> step(static_cast<std::size_t>(2 * steps + 1));
    for (double tilt = -largest_tilt; tilt <= largest_tilt + 1e-9; tilt += tilt_step) {
        for (int n = -steps; n <= steps; ++n)
            step[static_cast<std::size_t>(n + steps)] =
                mean_step(section, height(n), tilt, v_mm, front_v, back_v);
        for (int a = -steps; a < steps; ++a)
            for (int b = a + static_cast<int>(thinnest_mm / s_step_mm); b <= steps; ++b) {
                if ((b - a) * s_step_mm > search.thickest_mm) break;
                const double off = (a + b) / 2.0 * s_step_mm;
                if (std::abs(off) > tolerance_mm) continue;
                const double fall = -step[static_cast<std::size_t>(a + steps)],
                             rise = step[static_cast<std::size_t>(b + steps)];
                // Both plates must be seen: the weaker one counts twice.
                const double score = fall + rise + std::min(fall, rise) - 5 * off * off - 40 * std::abs(tilt);
                if (score > most) {
                    most = score;
                    above = {height(a), tilt, fall};
                    below = {height(b), tilt, rise};
                }
            }
    }
    above = refined(section, above, -1, v_mm, front_v, back_v);
    below = refined(section, below, 1, v_mm, front_v, back_v);
    DiscFaces faces{{above.s_mm, v_mm, above.tilt, 0, above.score},
                    {below.s_mm, v_mm, below.tilt, 0, below.score}};
    faces.above.lean = best_lean(straight, faces.above, -1, front_v, back_v);
    faces.below.lean = best_lean(straight, faces.below, 1, front_v, back_v);
    return faces;
}

}  // namespace calcinode::spine
