#include "analysis/kernels/components.hpp"

#include <algorithm>

#include "analysis/kernels/runs.hpp"
#include "base/parallel.hpp"

namespace calcinode::kernels {
namespace {

// Some slices that follow each other, as runs; sets are joined within the slab.
struct Slab {
    int first = 0, end = 0;  // slices
    std::vector<Run> runs;
    std::vector<std::int32_t> row_start;  // index of each row's first run, and the number of runs at the end
    RunSets sets;

    RowOfRuns row(int n, std::int32_t shift = 0) const {
        const auto start = row_start[static_cast<std::size_t>(n)];
        return {runs.data() + start, start + shift, row_start[static_cast<std::size_t>(n) + 1] - start};
    }
};

void find_runs(const std::vector<std::uint8_t>& mask, std::array<int, 3> size, Slab& slab) {
    const auto [nx, ny, nz] = size;
    const int rows = (slab.end - slab.first) * ny;
    const std::uint8_t* line = mask.data() + static_cast<std::ptrdiff_t>(slab.first) * ny * nx;
    slab.row_start.reserve(static_cast<std::size_t>(rows) + 1);
    slab.row_start.push_back(0);
    for (int n = 0; n < rows; ++n, line += nx) {
        append_runs(line, nx, slab.runs);
        slab.row_start.push_back(static_cast<std::int32_t>(slab.runs.size()));
        slab.sets.grow(slab.runs.size());
        if (n % ny > 0) join_touching(slab.row(n), slab.row(n - 1), slab.sets);
        if (n >= ny) join_touching(slab.row(n), slab.row(n - ny), slab.sets);
    }
}

void write_labels(const Slab& slab, const std::int32_t* number, std::array<int, 3> size,
                  std::int32_t* label) {
    const auto [nx, ny, nz] = size;
    label += static_cast<std::ptrdiff_t>(slab.first) * ny * nx;
    for (int n = 0; n < (slab.end - slab.first) * ny; ++n, label += nx) {
        const auto row = slab.row(n);
        int done = 0;
        for (std::int32_t r = 0; r < row.count; ++r) {
            const auto [first, end] = row.run[r];
            std::fill(label + done, label + first, 0);
            std::fill(label + first, label + end, number[row.first + r]);
            done = end;
        }
        std::fill(label + done, label + nx, 0);
    }
}

}  // namespace

Components components(const std::vector<std::uint8_t>& mask, std::array<int, 3> size, int threads) {
    const auto [nx, ny, nz] = size;
    // A few for each thread, since the runs are not spread evenly.
    const int count = std::clamp(threads > 1 ? 4 * threads : 1, 1, std::max(1, nz));
    std::vector<Slab> slabs(static_cast<std::size_t>(count));
    parallel_for(threads, count, [&](int n) {
        auto& slab = slabs[static_cast<std::size_t>(n)];
        slab.first = nz * n / count, slab.end = nz * (n + 1) / count;
        find_runs(mask, size, slab);
    });

    RunSets sets;
    std::vector<std::int32_t> shift;  // the index of each slab's first run among all
    for (const auto& slab : slabs) {
        shift.push_back(static_cast<std::int32_t>(sets.size()));
        sets.append(slab.sets);
        if (shift.size() == 1) continue;
        const auto& before = slabs[shift.size() - 2];
        const int last = (before.end - before.first - 1) * ny;
        for (int j = 0; j < ny; ++j)
            join_touching(slab.row(j, shift.back()), before.row(last + j, shift[shift.size() - 2]), sets);
    }

    Components result{Unset<std::int32_t>(mask.size()), 0};
    const auto number = sets.numbers(result.count);
    parallel_for(threads, count, [&](int n) {
        const auto slab = static_cast<std::size_t>(n);
        write_labels(slabs[slab], number.data() + shift[slab], size, result.label.data());
    });
    return result;
}

}  // namespace calcinode::kernels
