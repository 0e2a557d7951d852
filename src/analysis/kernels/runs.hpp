// A mask as runs: the voxels in a row that are set without a gap.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace calcinode::kernels {

struct Run {
    int first, end;  // along i, end not included
};

// The runs of one row are appended.
void append_runs(const std::uint8_t* row, int length, std::vector<Run>& runs);

// Sets of runs, by their index. Each is named by its smallest member.
class RunSets {
  public:
    // Each run from the present number up to `count` becomes a set of its own.
    void grow(std::size_t count);
    void append(const RunSets& others);  // whose indices follow ours
    std::int32_t find(std::int32_t run);
    void join(std::int32_t a, std::int32_t b);
    std::size_t size() const { return parent_.size(); }

    // 1, 2, 3 ... for the sets in the order of their names, for each run; `count` is how many there are.
    std::vector<std::int32_t> numbers(int& count);

  private:
    std::vector<std::int32_t> parent_;  // never larger than the index
};

// Where a row's runs are: from the index `first` on.
struct RowOfRuns {
    const Run* run;
    std::int32_t first, count;
};

// Joins the runs of two neighbouring rows that touch.
void join_touching(RowOfRuns a, RowOfRuns b, RunSets& sets);

}  // namespace calcinode::kernels
