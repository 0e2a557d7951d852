#include "analysis/kernels/gaussian.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/kernels/bands.hpp"
#include "analysis/kernels/memory.hpp"
#include "analysis/kernels/rounding.hpp"

namespace calcinode::kernels {
namespace {

std::vector<float> gaussian_weights(double sigma) {
    const int reach = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
    std::vector<float> weights;
    double sum = 0;
    for (int d = -reach; d <= reach; ++d) {
        weights.push_back(static_cast<float>(std::exp(-0.5 * d * d / (sigma * sigma))));
        sum += weights.back();
    }
    for (auto& w : weights) w = static_cast<float>(w / sum);
    return weights;
}

// out (+)= the sum of weight * row, in the rows' order: the sum of a voxel stays in a register.
template <int Rows>
void add_rows(const float* const* row, const float* weight, bool to_sum, float* __restrict__ out,
              int length) {
    std::array<const float*, Rows> in{};
    std::array<float, Rows> w{};
    for (std::size_t r = 0; r < Rows; ++r) in[r] = row[r], w[r] = weight[r];
    const auto sum_at = [&](float sum, int i) {
#pragma GCC unroll 8
        for (std::size_t r = 0; r < Rows; ++r) sum += w[r] * in[r][i];
        return sum;
    };
    if (to_sum)
        for (int i = 0; i < length; ++i) out[i] = sum_at(out[i], i);
    else
        for (int i = 0; i < length; ++i) out[i] = sum_at(0, i);
}

void weighted_sum(const std::vector<const float*>& rows, const std::vector<float>& weights, float* out,
                  int length) {
    const float* const* row = rows.data();
    const float* weight = weights.data();
    bool to_sum = false;
    for (std::size_t left = rows.size(); left > 0;) {
        // Seven at once are what the usual standard deviation of one voxel needs.
        const std::size_t now = left >= 7 ? 7 : left >= 3 ? 3 : 1;
        if (now == 7) add_rows<7>(row, weight, to_sum, out, length);
        if (now == 3) add_rows<3>(row, weight, to_sum, out, length);
        if (now == 1) add_rows<1>(row, weight, to_sum, out, length);
        row += now, weight += now, left -= now;
        to_sum = true;
    }
}

// One band of rows, slice by slice: smoothed along i and j into a ring of slices, out of which each slice of
// the result is summed.
class Band {
  public:
    Band(const Block& in, const std::vector<float>& weights, int first, int end)
        : in_(in),
          weights_(weights),
          reach_(static_cast<int>(weights.size()) / 2),
          first_(first),
          end_(end),
          top_(std::max(0, first - reach_)),
          bottom_(std::min(in.size[1], end + reach_)),
          width_(static_cast<std::size_t>(in.size[0])),
          area_(width_ * static_cast<std::size_t>(end - first)),
          padded_(width_ + weights.size() - 1),
          along_i_(width_ * static_cast<std::size_t>(bottom_ - top_)),
          ring_(area_ * weights.size()),
          sum_(area_),
          rows_(weights.size()) {}

    void run(Block& out) {
        const int nz = in_.size[2];
        for (int k = 0; k < nz + reach_; ++k) {
            if (k < nz) smooth_slice(k);
            if (k >= reach_) sum_slices(k - reach_, out);
        }
    }

  private:
    float* slice(int k) { return &ring_[static_cast<std::size_t>(k) % weights_.size() * area_]; }
    float* row_along_i(int j) { return &along_i_[static_cast<std::size_t>(j - top_) * width_]; }

    void smooth_row(int j, int k) {
        const std::int16_t* line = &in_.values[in_.offset(0, j, k)];
        const auto inner = padded_.begin() + reach_;
        std::fill(padded_.begin(), inner, line[0]);
        std::copy_n(line, width_, inner);
        std::fill(inner + in_.size[0], padded_.end(), line[width_ - 1]);
        for (std::size_t d = 0; d < rows_.size(); ++d) rows_[d] = &padded_[d];
        weighted_sum(rows_, weights_, row_along_i(j), in_.size[0]);
    }

    void smooth_slice(int k) {
        for (int j = top_; j < bottom_; ++j) smooth_row(j, k);
        for (int j = first_; j < end_; ++j) {
            for (int d = -reach_; d <= reach_; ++d)
                rows_[static_cast<std::size_t>(d + reach_)] =
                    row_along_i(std::clamp(j + d, 0, in_.size[1] - 1));
            weighted_sum(rows_, weights_, slice(k) + static_cast<std::size_t>(j - first_) * width_,
                         in_.size[0]);
        }
    }

    void sum_slices(int k, Block& out) {
        for (int d = -reach_; d <= reach_; ++d)
            rows_[static_cast<std::size_t>(d + reach_)] = slice(std::clamp(k + d, 0, in_.size[2] - 1));
        weighted_sum(rows_, weights_, sum_.data(), static_cast<int>(area_));
        std::int16_t* target = &out.values[out.offset(0, first_, k)];
        for (std::size_t n = 0; n < area_; ++n) target[n] = to_nearest(sum_[n]);
    }

    const Block& in_;
    const std::vector<float>& weights_;
    int reach_, first_, end_;   // the band's rows
    int top_, bottom_;          // with the rows that it needs beside
    std::size_t width_, area_;  // of a row, of the band in a slice
    std::vector<float> padded_, along_i_, ring_, sum_;
    std::vector<const float*> rows_;
};

}  // namespace

Block gaussian(const Block& in, double sigma, int threads) {
    Block out{in.size, Large<std::int16_t>(in.values.size())};
    if (in.values.empty()) return out;
    const auto weights = gaussian_weights(sigma);
    for_bands(threads, in.size[1], [&](int first, int end) { Band(in, weights, first, end).run(out); });
    return out;
}

}  // namespace calcinode::kernels
