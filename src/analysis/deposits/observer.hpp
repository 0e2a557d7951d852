// Looks at a place of the straightened block and says what its features are.
#pragma once

#include <array>
#include <optional>

#include "analysis/deposits/evidence.hpp"
#include "analysis/deposits/references.hpp"
#include "analysis/deposits/solid.hpp"

namespace calcinode::deposits {

using Place = std::array<int, 3>;  // voxel of the straightened block

class Observer {
  public:
    // Keeps a reference to `tissue`.
    Observer(const SolidTissue& tissue, const spine::SpineInView& seen, int threads);

    // Of a solid place.
    FeatureValues features_at(Place place) const;
    // The same, or nothing where its log odds are surely less than `least`: most of the skeleton, told in
    // less time.
    std::optional<FeatureValues> features_if(Place place, double least) const;

    // Of any place, for something of `density` HU that may or may not be there: what the other side and the
    // neighbouring vertebrae say.
    struct Likeness {
        double other_side, neighbours, solid_neighbours;  // see Feature
    };
    Likeness likeness_at(Place place, double density) const;

  private:
    // All but the directions in which it is open, which takes longest: as if all were.
    FeatureValues features_if_open(Place place) const;
    void set_open_share(FeatureValues& values, Place place) const;
    double share(const kernels::Block& block, Place p, double density) const;
    double open_share(Place place, double density) const;

    const SolidTissue& tissue_;
    kernels::Block surroundings_, near_, solid_near_;
    References references_;
};

}  // namespace calcinode::deposits
