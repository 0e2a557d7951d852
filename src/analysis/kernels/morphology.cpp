#include "analysis/kernels/morphology.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/kernels/bands.hpp"
#include "analysis/kernels/memory.hpp"

namespace calcinode::kernels {
namespace {

struct Smaller {
    static constexpr std::int16_t neutral = std::numeric_limits<std::int16_t>::max();
    static std::int16_t pick(std::int16_t a, std::int16_t b) { return a < b ? a : b; }
};
struct Larger {
    static constexpr std::int16_t neutral = std::numeric_limits<std::int16_t>::min();
    static std::int16_t pick(std::int16_t a, std::int16_t b) { return a > b ? a : b; }
};

// A ball as rows along i: the half-width of each at (dj, dk); negative where the ball has none.
class Ball {
  public:
    explicit Ball(double radius) : reach_(static_cast<int>(radius)) {
        for (int dk = 0; dk <= reach_; ++dk)
            for (int dj = 0; dj <= reach_; ++dj) {
                const double left = radius * radius - dk * dk - dj * dj;
                half_.push_back(left >= 0 ? static_cast<int>(std::sqrt(left)) : -1);
            }
    }
    int reach() const { return reach_; }
    int half_width(int dj, int dk) const { return half_[static_cast<std::size_t>(dk * (reach_ + 1) + dj)]; }

  private:
    int reach_;
    std::vector<int> half_;
};

template <class Order>
void pick_into(const std::int16_t* in, std::int16_t* __restrict__ out, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) out[i] = Order::pick(out[i], in[i]);
}

// Two rows at once: the value stays in a register meanwhile.
template <class Order>
void pick_into(const std::int16_t* a, const std::int16_t* b, std::int16_t* __restrict__ out,
               std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) out[i] = Order::pick(out[i], Order::pick(a[i], b[i]));
}

// One band of rows, slice by slice. The ball is a stack of discs, and a disc a stack of rows: the extremes
// along a row over 1, 3, 5 ... voxels are made once, then combined to those over each disc once, and these
// go to the slices above and below that the ball joins them to.
template <class Order>
class Band {
  public:
    Band(const Block& in, const Ball& ball, int first, int end)
        : in_(in),
          ball_(ball),
          reach_(ball.reach()),
          first_(first),
          end_(end),
          top_(std::max(0, first - reach_)),
          bottom_(std::min(in.size[1], end + reach_)),
          width_(static_cast<std::size_t>(in.size[0])),
          padded_(width_ + 2 * static_cast<std::size_t>(reach_), Order::neutral),
          widened_(width_ * static_cast<std::size_t>((bottom_ - top_) * (reach_ + 1))),
          disc_(width_) {}

    void run(Block& out) {
        const int nz = in_.size[2];
        for (int k = 0; k < std::min(reach_, nz); ++k) clear(k, out);
        for (int k = 0; k < nz; ++k) {
            if (k + reach_ < nz) clear(k + reach_, out);
            for (int j = top_; j < bottom_; ++j) widen_row(j, k);
            for (int j = first_; j < end_; ++j)
                for (int dk = 0; dk <= reach_; ++dk) {
                    make_disc(j, dk);
                    std::int16_t* const below = k >= dk ? &out.values[out.offset(0, j, k - dk)] : nullptr;
                    std::int16_t* const above = k + dk < nz ? &out.values[out.offset(0, j, k + dk)] : nullptr;
                    if (below) pick_into<Order>(disc_.data(), below, width_);
                    if (above && dk > 0) pick_into<Order>(disc_.data(), above, width_);
                }
        }
    }

  private:
    void clear(int k, Block& out) const {
        std::fill_n(&out.values[out.offset(0, first_, k)], width_ * static_cast<std::size_t>(end_ - first_),
                    Order::neutral);
    }

    // The row j of this slice with the extremes over i - half ... i + half.
    std::int16_t* widened(int j, int half) {
        return &widened_[static_cast<std::size_t>((j - top_) * (reach_ + 1) + half) * width_];
    }

    void widen_row(int j, int k) {
        std::int16_t* const middle = padded_.data() + reach_;
        std::copy_n(&in_.values[in_.offset(0, j, k)], width_, middle);
        std::copy_n(middle, width_, widened(j, 0));
        for (int half = 1; half <= reach_; ++half) {
            const std::int16_t* narrower = widened(j, half - 1);
            const std::int16_t *left = middle - half, *right = middle + half;
            std::int16_t* out = widened(j, half);
            for (std::size_t i = 0; i < width_; ++i)
                out[i] = Order::pick(narrower[i], Order::pick(left[i], right[i]));
        }
    }

    // The extremes over the ball's disc `dk` slices from its middle, of the row j.
    void make_disc(int j, int dk) {
        std::copy_n(widened(j, ball_.half_width(0, dk)), width_, disc_.begin());
        for (int dj = 1; dj <= reach_; ++dj) {
            const int half = ball_.half_width(dj, dk);
            if (half < 0) break;
            const bool before = j - dj >= 0, after = j + dj < in_.size[1];
            if (before && after)
                pick_into<Order>(widened(j - dj, half), widened(j + dj, half), disc_.data(), width_);
            else if (before || after)
                pick_into<Order>(widened(before ? j - dj : j + dj, half), disc_.data(), width_);
        }
    }

    const Block& in_;
    const Ball& ball_;
    int reach_, first_, end_;  // the band's rows
    int top_, bottom_;         // with the rows that it needs beside
    std::size_t width_;
    std::vector<std::int16_t> padded_, widened_, disc_;
};

template <class Order>
Block extreme(const Block& in, double radius, int threads) {
    Block out{in.size, Large<std::int16_t>(in.values.size())};
    const Ball ball(radius);
    for_bands(threads, in.size[1], [&](int first, int end) { Band<Order>(in, ball, first, end).run(out); });
    return out;
}

}  // namespace

Block erode(const Block& in, double radius, int threads) {
    return extreme<Smaller>(in, radius, threads);
}

Block dilate(const Block& in, double radius, int threads) {
    return extreme<Larger>(in, radius, threads);
}

Block open(const Block& in, double radius, int threads) {
    return dilate(erode(in, radius, threads), radius, threads);
}

}  // namespace calcinode::kernels
