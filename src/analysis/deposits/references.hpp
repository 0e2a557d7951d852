// What the rest of the spine says should be at a place: the other side at the same height, and the vertebrae
// above and below. Bone has its like there, a deposit usually not.
//
// No spine is quite symmetric, and no vertebra quite like the next. So each reference is moved locally to
// where it fits best (block matching, 12 mm apart, up to 5 mm), and what it shows close by counts as well.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "analysis/spine/find_spine.hpp"

namespace calcinode::deposits {

// For each place of the straightened block, its like elsewhere.
class Likeness {
  public:
    struct Shift {
        int i = 0, j = 0, k = 0;  // millimetres
    };

    // `heights`: at which height to look for each height, negative where that is out of view.
    Likeness(const kernels::Block& smooth, bool mirrored, std::vector<int> heights, int threads);

    // Nothing where the like is not in view.
    std::optional<std::array<int, 3>> of(std::array<int, 3> place) const;

  private:
    static constexpr int node_mm = 12;  // between the places that are matched
    std::size_t node(int a, int b, int c) const {
        return static_cast<std::size_t>((c * nodes_[1] + b) * nodes_[0] + a);
    }
    Vec3 shift_at(int i, int j, int k) const;

    std::array<int, 3> size_{}, nodes_{};
    bool mirrored_ = false;
    std::vector<int> heights_;
    std::vector<Shift> shifts_;  // at the nodes, the first at voxel (0, 0, 0)
};

struct References {
    Likeness mirror;        // the other side
    Likeness above, below;  // the same place of the next vertebra to the head and to the feet
};

// `smooth`: the straightened block without noise.
References find_references(const kernels::Block& smooth, const spine::SpineInView& seen, int threads);

}  // namespace calcinode::deposits
