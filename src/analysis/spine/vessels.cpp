#include "analysis/spine/vessels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/kernels/components.hpp"
#include "analysis/spine/sample.hpp"
#include "base/parallel.hpp"

namespace calcinode::spine {
namespace {

// The grid that is looked at, in the curved frame: wide enough for the jugular veins and the caval vein, deep
// enough for the aorta in front of a lumbar body, behind the ascending one.
constexpr int half_u_mm = 60, front_v_mm = 84, back_v_mm = 4, step_mm = 2, step_s_mm = 3;
constexpr int columns = 2 * half_u_mm / step_mm + 1, rows = (front_v_mm + back_v_mm) / step_mm + 1;

constexpr double least_hu = 140, most_hu = 500;
constexpr double most_sd_hu = 28;   // within 3 mm, on means of 2 mm: noise, but no trabecular bone
constexpr double soft_hu = 55;      // muscle
constexpr double rim_hu = 55;       // brighter than the inside: cortex, plaques, metal
constexpr int longest_ray = 10;     // steps; the aorta's radius is up to 20 mm
constexpr int least_open_rays = 7;  // of 8 that must reach the border without a rim
constexpr double least_length_mm = 30;
constexpr double air_hu = -1024;

struct Plane {
    std::array<float, static_cast<std::size_t>(columns* rows)> hu;
    float at(int i, int j) const { return hu[static_cast<std::size_t>(j * columns + i)]; }
};

// Means of some 2 mm around each place, so that noise is that of 2 mm voxels whatever the volume's.
Plane sampled(const Volume& volume, const Frame& frame, int s) {
    Plane raw;
    const auto& station = frame.station(s);
    for (int j = 0; j < rows; ++j)
        for (int i = 0; i < columns; ++i) {
            const LpsPoint p = station.centre + station.left * (i * step_mm - half_u_mm) +
                               station.back * (j * step_mm - front_v_mm);
            double sum = 0;
            for (const double a : {-0.5, 0.5})
                sum += hu_at(volume, p + station.left * a + station.back * a + station.down * a)
                           .value_or(air_hu) +
                       hu_at(volume, p + station.left * a - station.back * a - station.down * a)
                           .value_or(air_hu);
            raw.hu[static_cast<std::size_t>(j * columns + i)] = static_cast<float>(sum / 4);
        }
    return raw;
}

bool even_column(const Plane& plane, int i, int j) {
    double sum = 0, squares = 0;
    for (int b = -1; b <= 1; ++b)
        for (int a = -1; a <= 1; ++a) {
            const double hu = plane.at(i + a, j + b);
            sum += hu, squares += hu * hu;
        }
    const double mean = sum / 9;
    if (mean < least_hu || mean > most_hu) return false;
    if (squares / 9 - mean * mean > most_sd_hu * most_sd_hu) return false;
    constexpr std::array<std::array<int, 2>, 8> directions{
        {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}}};
    int open = 0;
    for (const auto [a, b] : directions) {
        for (int n = 2; n <= longest_ray; ++n) {
            const int x = i + n * a, y = j + n * b;
            if (x < 0 || y < 0 || x >= columns || y >= rows) break;
            const double hu = plane.at(x, y);
            if (hu > mean + rim_hu) break;
            if (hu < (mean + soft_hu) / 2) {
                ++open;
                break;
            }
        }
    }
    return open >= least_open_rays;
}

}  // namespace

bool vessels_opacified(const Volume& volume, const Frame& frame, int threads) {
    const int planes = (frame.length() + step_s_mm - 1) / step_s_mm;
    const std::array<int, 3> size{columns, rows, planes};
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(columns * rows * planes), 0);
    parallel_for(threads, planes, [&](int n) {
        const Plane plane = sampled(volume, frame, n * step_s_mm);
        std::uint8_t* out = &mask[static_cast<std::size_t>(n * columns * rows)];
        for (int j = 1; j + 1 < rows; ++j)
            for (int i = 1; i + 1 < columns; ++i)
                if (even_column(plane, i, j))
                    // Broadened, so that a slanted vessel holds together from plane to plane.
                    for (int b = -1; b <= 1; ++b)
                        for (int a = -1; a <= 1; ++a) out[(j + b) * columns + i + a] = 1;
    });
    const auto found = kernels::components(mask, size);
    std::vector<int> first(static_cast<std::size_t>(found.count) + 1, planes);
    for (std::size_t n = 0; n < mask.size(); ++n) {
        const auto label = static_cast<std::size_t>(found.label[n]);
        if (label == 0) continue;
        const int plane = static_cast<int>(n) / (columns * rows);
        first[label] = std::min(first[label], plane);
        if ((plane - first[label] + 1) * step_s_mm >= least_length_mm) return true;
    }
    return false;
}

}  // namespace calcinode::spine
