#include "analysis/motion.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analysis/kernels/coarse.hpp"
#include "analysis/kernels/median.hpp"
#include "base/parallel.hpp"

namespace calcinode {
namespace {

constexpr double pixel_mm = 2;                     // fine enough for a step of 3 mm, coarse enough for noise
constexpr int lowest_hu = -200, highest_hu = 400;  // fat to bone: lung, gas and metal count no more
constexpr int compared = 4;       // slices on either side, whose differences are what is usual here
constexpr double unusual = 1.15;  // by so much two slices differ more than usual: worth a closer look
constexpr std::size_t most_looks = 16;
constexpr double farthest_mm = 12;
constexpr double least_step_mm = 3;
// Of the difference that is left after the shift. Steps of 4 mm and more made in 9 scans leave 0.15 to 0.7,
// where nothing moved it is 0.85 and more.
constexpr double most_left = 0.75;

// Planes of coarse pixels.
struct Planes {
    int width = 0, height = 0, count = 0;
    const std::int16_t* hu = nullptr;

    const std::int16_t* row(int k, int j) const {
        return hu + (static_cast<std::ptrdiff_t>(k) * height + j) * width;
    }
};

struct Shift {
    int x = 0, y = 0;
};

// Mean difference of plane k + 1, shifted, from plane k, where a shift of up to `margin` leaves both in view.
double difference(const Planes& planes, int k, Shift by, int margin) {
    std::int64_t sum = 0;
    const int from = margin, to = planes.width - margin;
    for (int j = margin; j < planes.height - margin; ++j) {
        const auto *a = planes.row(k, j), *b = planes.row(k + 1, j + by.y) + by.x;
        std::int32_t row = 0;
        for (int i = from; i < to; ++i) row += std::abs(a[i] - b[i]);
        sum += row;
    }
    return static_cast<double>(sum) / (static_cast<double>(to - from) * (planes.height - 2 * margin));
}

// Pairs of slices that differ more than those around them, most unusual first.
std::vector<int> worth_a_look(const std::vector<double>& differences) {
    const int n = static_cast<int>(differences.size());
    std::vector<std::pair<double, int>> found;
    for (int k = 0; k < n; ++k) {
        std::vector<double> around;
        for (int m = std::max(0, k - compared); m <= std::min(n - 1, k + compared); ++m)
            if (m != k) around.push_back(differences[static_cast<std::size_t>(m)]);
        if (around.empty()) continue;
        const double usual =
            std::max(1.0, kernels::median(std::move(around)));  // HU; padded slices do not differ
        const double ratio = differences[static_cast<std::size_t>(k)] / usual;
        if (ratio > unusual) found.emplace_back(-ratio, k);
    }
    std::ranges::sort(found);
    if (found.size() > most_looks) found.resize(most_looks);
    std::vector<int> pairs;
    for (const auto& [ratio, k] : found) pairs.push_back(k);
    return pairs;
}

// By how many millimetres plane k + 1 must be shifted to fit plane k; 0 where no shift makes it fit.
double step_mm(const Planes& planes, int k, std::array<double, 3> spacing_mm) {
    const int reach = static_cast<int>(farthest_mm / std::max(spacing_mm[0], spacing_mm[1]));
    const double as_it_is = difference(planes, k, {}, reach);
    double least = as_it_is, mm = 0;
    for (int y = -reach; y <= reach; ++y)
        for (int x = -reach; x <= reach; ++x)
            if (const double left = difference(planes, k, {x, y}, reach); left < least)
                least = left, mm = std::hypot(x * spacing_mm[0], y * spacing_mm[1]);
    return least < most_left * as_it_is && mm >= least_step_mm ? mm : 0;
}

}  // namespace

std::vector<MotionStep> find_motion(const Volume& volume, int threads) {
    const auto factor = kernels::factors_for(volume.grid, {pixel_mm, pixel_mm, volume.grid.spacing_mm[2]});
    auto coarse = kernels::block_mean(volume, factor, threads);
    for (auto& hu : coarse.hu) hu = std::clamp<std::int16_t>(hu, lowest_hu, highest_hu);
    const auto& grid = coarse.grid;
    const Planes planes{grid.size[0], grid.size[1], grid.size[2], coarse.hu.data()};
    const double widest_mm = 4 * farthest_mm;  // of a view in which so far a shift leaves enough to compare
    if (planes.count < 2 || planes.width * grid.spacing_mm[0] < widest_mm ||
        planes.height * grid.spacing_mm[1] < widest_mm)
        return {};

    std::vector<double> differences(static_cast<std::size_t>(planes.count - 1));
    parallel_for(threads, planes.count - 1,
                 [&](int k) { differences[static_cast<std::size_t>(k)] = difference(planes, k, {}, 0); });
    auto pairs = worth_a_look(differences);
    std::ranges::sort(pairs);
    std::vector<double> steps(pairs.size());
    parallel_for(threads, static_cast<int>(pairs.size()), [&](int n) {
        const auto index = static_cast<std::size_t>(n);
        steps[index] = step_mm(planes, pairs[index], grid.spacing_mm);
    });
    std::vector<MotionStep> found;
    for (std::size_t n = 0; n < pairs.size(); ++n)
        if (steps[n] > 0)
            found.push_back({grid.to_lps(planes.width / 2, planes.height / 2, pairs[n] + 0.5), steps[n]});
    return found;
}

}  // namespace calcinode
