#include "analysis/kernels/runs.hpp"

#include <cstring>
#include <numeric>
#include <utility>

namespace calcinode::kernels {
namespace {

// The first voxel from `i` on that is set, eight at a time: most of a mask is empty.
int next_set(const std::uint8_t* row, int i, int length) {
    constexpr int step = sizeof(std::uint64_t);
    for (; i + step <= length; i += step) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, row + i, step);
        if (eight != 0) break;
    }
    while (i < length && row[i] == 0) ++i;
    return i;
}

}  // namespace

void append_runs(const std::uint8_t* row, int length, std::vector<Run>& runs) {
    for (int i = next_set(row, 0, length); i < length; i = next_set(row, i, length)) {
        const int first = i;
        while (i < length && row[i] != 0) ++i;
        runs.push_back({first, i});
    }
}

void RunSets::grow(std::size_t count) {
    const std::size_t before = parent_.size();
    parent_.resize(count);
    std::iota(parent_.begin() + static_cast<std::ptrdiff_t>(before), parent_.end(),
              static_cast<std::int32_t>(before));
}

void RunSets::append(const RunSets& others) {
    const auto shift = static_cast<std::int32_t>(parent_.size());
    for (const auto parent : others.parent_) parent_.push_back(parent + shift);
}

std::int32_t RunSets::find(std::int32_t run) {
    // The way is shortened as it is gone.
    while (parent_[static_cast<std::size_t>(run)] != run) {
        auto& up = parent_[static_cast<std::size_t>(run)];
        up = parent_[static_cast<std::size_t>(up)];
        run = up;
    }
    return run;
}

void RunSets::join(std::int32_t a, std::int32_t b) {
    a = find(a), b = find(b);
    if (b < a) std::swap(a, b);
    parent_[static_cast<std::size_t>(b)] = a;
}

std::vector<std::int32_t> RunSets::numbers(int& count) {
    std::vector<std::int32_t> number(parent_.size());
    count = 0;
    for (std::size_t run = 0; run < number.size(); ++run) {
        // A parent comes first, so it has its number already.
        const auto parent = static_cast<std::size_t>(parent_[run]);
        number[run] = parent == run ? ++count : number[parent];
    }
    return number;
}

void join_touching(RowOfRuns a, RowOfRuns b, RunSets& sets) {
    for (std::int32_t m = 0, n = 0; m < a.count && n < b.count;) {
        if (a.run[m].first < b.run[n].end && b.run[n].first < a.run[m].end)
            sets.join(a.first + m, b.first + n);
        if (a.run[m].end < b.run[n].end)
            ++m;
        else
            ++n;
    }
}

}  // namespace calcinode::kernels
