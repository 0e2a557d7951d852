#include "analysis/deposits/references.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/parallel.hpp"

namespace calcinode::deposits {
namespace {

using kernels::Block;

constexpr std::array<int, 3> window{8, 10, 8};  // half of what is compared at each, in mm
constexpr int stride = 2;                       // of the compared rows
constexpr int coarse_reach = 4, coarse_step = 2;
constexpr int reach = coarse_reach + 1;
constexpr int darkest_hu = 0, brightest_hu = 450;  // fat and muscle are alike, cortex and deposit as well:
                                                   // neither has much of a say
constexpr int step_hu = 2;                         // so that they fit into a byte
constexpr int shift_penalty_hu = 3;  // a millimetre of shift: flat surroundings stay where they are

using Shift = Likeness::Shift;

// The attenuation in few steps, with a rim all around, so that a shifted window never leaves it; rows as long
// as the block's. Rows of bytes are compared sixteen at a time.
struct Bytes {
    std::array<int, 3> size{};
    std::vector<std::uint8_t> values;

    static constexpr int rim = reach + 10 + 12;  // the largest shift, half a window, a node beyond the block

    Bytes(const Block& smooth, bool mirrored) {
        const auto [nx, ny, nz] = smooth.size;
        size = {nx + 2 * rim, ny + 2 * rim, nz + 2 * rim};
        values.assign(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                          static_cast<std::size_t>(size[2]),
                      0);
        for (int k = 0; k < nz; ++k)
            for (int j = 0; j < ny; ++j) {
                const std::int16_t* in = &smooth.values[smooth.offset(0, j, k)];
                std::uint8_t* out = at(0, j, k);
                for (int i = 0; i < nx; ++i) {
                    const int hu = std::clamp<int>(in[mirrored ? nx - 1 - i : i], darkest_hu, brightest_hu);
                    out[i] = static_cast<std::uint8_t>((hu - darkest_hu) / step_hu);
                }
            }
    }
    std::uint8_t* at(int i, int j, int k) { return values.data() + offset(i, j, k); }
    const std::uint8_t* at(int i, int j, int k) const { return values.data() + offset(i, j, k); }

  private:
    std::size_t offset(int i, int j, int k) const {
        return (static_cast<std::size_t>(k + rim) * static_cast<std::size_t>(size[1]) +
                static_cast<std::size_t>(j + rim)) *
                   static_cast<std::size_t>(size[0]) +
               static_cast<std::size_t>(i + rim);
    }
};

// Sum of bounded differences between the surroundings of a node and those of its like, shifted.
class Matcher {
  public:
    Matcher(const Bytes& here, const Bytes& there, const std::vector<int>& height, int length)
        : here_(here), there_(there), height_(height), length_(length) {}

    Shift best(int ci, int cj, int ck) const {
        Shift best{};
        double least = std::numeric_limits<double>::infinity();
        const auto attempt = [&](Shift d) {
            const double cost =
                mean_difference(ci, cj, ck, d) +
                shift_penalty_hu * std::sqrt(static_cast<double>(d.i * d.i + d.j * d.j + d.k * d.k));
            if (cost < least) least = cost, best = d;
        };
        for (int k = -coarse_reach; k <= coarse_reach; k += coarse_step)
            for (int j = -coarse_reach; j <= coarse_reach; j += coarse_step)
                for (int i = -coarse_reach; i <= coarse_reach; i += coarse_step) attempt({i, j, k});
        const Shift coarse = best;
        for (int k = -1; k <= 1; ++k)
            for (int j = -1; j <= 1; ++j)
                for (int i = -1; i <= 1; ++i) attempt({coarse.i + i, coarse.j + j, coarse.k + k});
        return best;
    }

  private:
    double mean_difference(int ci, int cj, int ck, Shift d) const {
        constexpr int width = 2 * window[0];
        int sum = 0, rows = 0;
        for (int k = std::max(0, ck - window[2]); k <= std::min(length_ - 1, ck + window[2]); k += stride) {
            const int height = height_[static_cast<std::size_t>(k)];
            if (height < 0 || height + d.k < 0 || height + d.k >= length_) continue;
            for (int j = cj - window[1]; j <= cj + window[1]; j += stride) {
                const std::uint8_t* a = here_.at(ci - window[0], j, k);
                const std::uint8_t* b = there_.at(ci - window[0] + d.i, j + d.j, height + d.k);
                for (int i = 0; i < width; ++i) sum += std::abs(a[i] - b[i]);  // one instruction for all
                ++rows;
            }
        }
        return rows == 0 ? brightest_hu : step_hu * static_cast<double>(sum) / (rows * width);
    }

    const Bytes& here_;
    const Bytes& there_;
    const std::vector<int>& height_;
    int length_;
};

// The height of the same place of a neighbouring vertebra, `step` levels to the feet: from middle to middle
// of the bodies in equal parts; beyond the last one, as far as the last two are apart.
std::vector<int> neighbour_heights(const spine::SpineInView& seen, int length, int step) {
    std::vector<double> middles;
    for (const auto& vertebra : seen.spine.vertebrae)
        middles.push_back(seen.frame.to_curved(vertebra.body).s);
    std::vector<int> heights(static_cast<std::size_t>(length), -1);
    if (middles.size() < 3) return heights;
    middles.insert(middles.begin(), 2 * middles[0] - middles[1]);
    middles.push_back(2 * middles.back() - middles[middles.size() - 2]);
    const int count = static_cast<int>(middles.size());
    for (int k = 0; k < length; ++k) {
        const auto above = std::ranges::upper_bound(middles, static_cast<double>(k)) - middles.begin() - 1;
        const int from = static_cast<int>(above), to = from + step;
        if (from < 0 || from + 1 >= count || to < 0 || to + 1 >= count) continue;
        const auto middle = [&](int n) { return middles[static_cast<std::size_t>(n)]; };
        const double part = (k - middle(from)) / std::max(1.0, middle(from + 1) - middle(from));
        const double s = middle(to) + part * (middle(to + 1) - middle(to));
        if (s >= 0 && s <= length - 1)
            heights[static_cast<std::size_t>(k)] = static_cast<int>(std::lround(s));
    }
    return heights;
}

std::vector<int> same_heights(int length) {
    std::vector<int> heights(static_cast<std::size_t>(length));
    for (int k = 0; k < length; ++k) heights[static_cast<std::size_t>(k)] = k;
    return heights;
}

}  // namespace

Likeness::Likeness(const Block& smooth, bool mirrored, std::vector<int> heights, int threads)
    : size_(smooth.size), mirrored_(mirrored), heights_(std::move(heights)) {
    const Bytes here(smooth, false), there(smooth, mirrored);
    const Matcher matcher(here, there, heights_, size_[2]);
    for (std::size_t a = 0; a < 3; ++a) nodes_[a] = (size_[a] - 2 + node_mm) / node_mm + 1;
    shifts_.resize(static_cast<std::size_t>(nodes_[0] * nodes_[1] * nodes_[2]));
    parallel_for(threads, nodes_[2], [&](int c) {
        for (int b = 0; b < nodes_[1]; ++b)
            for (int a = 0; a < nodes_[0]; ++a)
                shifts_[node(a, b, c)] = matcher.best(a * node_mm, b * node_mm, c * node_mm);
    });
}

std::optional<std::array<int, 3>> Likeness::of(std::array<int, 3> place) const {
    const auto [i, j, k] = place;
    const int height = heights_[static_cast<std::size_t>(k)];
    if (height < 0) return {};
    const Vec3 shift = shift_at(i, j, k);
    const auto moved = [](int from, double by) { return from + static_cast<int>(std::lround(by)); };
    const int beside = moved(i, shift.x);
    const std::array<int, 3> like{mirrored_ ? size_[0] - 1 - beside : beside, moved(j, shift.y),
                                  moved(height, shift.z)};
    for (std::size_t a = 0; a < 3; ++a)
        if (like[a] < 0 || like[a] >= size_[a]) return {};
    return like;
}

Vec3 Likeness::shift_at(int i, int j, int k) const {
    const int a = i / node_mm, b = j / node_mm, c = k / node_mm;
    const auto part = [](int n) { return n % node_mm / static_cast<double>(node_mm); };
    const double x = part(i), y = part(j), z = part(k);
    Vec3 sum{};
    for (int corner = 0; corner < 8; ++corner) {
        const int da = corner & 1, db = corner >> 1 & 1, dc = corner >> 2;
        const double weight = (da ? x : 1 - x) * (db ? y : 1 - y) * (dc ? z : 1 - z);
        if (weight == 0) continue;
        const Shift& s = shifts_[node(a + da, b + db, c + dc)];
        sum =
            sum + Vec3{static_cast<double>(s.i), static_cast<double>(s.j), static_cast<double>(s.k)} * weight;
    }
    return sum;
}

References find_references(const Block& smooth, const spine::SpineInView& seen, int threads) {
    const int length = smooth.size[2];
    return {Likeness(smooth, true, same_heights(length), threads),
            Likeness(smooth, false, neighbour_heights(seen, length, -1), threads),
            Likeness(smooth, false, neighbour_heights(seen, length, +1), threads)};
}

}  // namespace calcinode::deposits
