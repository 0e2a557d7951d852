#include "analysis/kernels/components.hpp"

#include <cstddef>
#include <numeric>

namespace calcinode::kernels {
namespace {

// Union of sets by the smallest member; find() shortens the way as it goes.
class Sets {
  public:
    std::int32_t make() {
        parent_.push_back(static_cast<std::int32_t>(parent_.size()));
        return parent_.back();
    }
    std::int32_t find(std::int32_t a) {
        while (parent_[static_cast<std::size_t>(a)] != a) {
            auto& up = parent_[static_cast<std::size_t>(a)];
            up = parent_[static_cast<std::size_t>(up)];
            a = up;
        }
        return a;
    }
    std::int32_t join(std::int32_t a, std::int32_t b) {
        a = find(a), b = find(b);
        if (a == b) return a;
        if (b < a) std::swap(a, b);
        parent_[static_cast<std::size_t>(b)] = a;
        return a;
    }
    std::size_t size() const { return parent_.size(); }

  private:
    std::vector<std::int32_t> parent_{0};  // 0 stands for outside
};

}  // namespace

Components components(const std::vector<std::uint8_t>& mask, std::array<int, 3> size) {
    const auto [nx, ny, nz] = size;
    const std::ptrdiff_t row = nx, plane = row * ny;
    Components result{std::vector<std::int32_t>(mask.size(), 0), 0};
    auto& label = result.label;
    Sets sets;
    std::size_t n = 0;
    for (int k = 0; k < nz; ++k)
        for (int j = 0; j < ny; ++j)
            for (int i = 0; i < nx; ++i, ++n) {
                if (!mask[n]) continue;
                std::int32_t set = 0;
                const auto meet = [&](bool inside, std::ptrdiff_t back) {
                    if (!inside) return;
                    const auto other = label[n - static_cast<std::size_t>(back)];
                    if (other != 0) set = set == 0 ? other : sets.join(set, other);
                };
                meet(i > 0, 1);
                meet(j > 0, row);
                meet(k > 0, plane);
                label[n] = set != 0 ? set : sets.make();
            }
    std::vector<std::int32_t> number(sets.size(), 0);
    for (auto& l : label) {
        if (l == 0) continue;
        auto& name = number[static_cast<std::size_t>(sets.find(l))];
        if (name == 0) name = ++result.count;
        l = name;
    }
    return result;
}

}  // namespace calcinode::kernels
