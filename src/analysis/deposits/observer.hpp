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

    // Of a solid place; nothing where its log odds are surely less than `least`.
    std::optional<FeatureValues> features_at(Place place, double least) const;

    // Of any place, for something of `density` HU that may or may not be there: what the other side and the
    // neighbouring vertebrae say.
    struct Likeness {
        double other_side, neighbours, solid_neighbours;  // see Feature
    };
    Likeness likeness_at(Place place, double density) const;

  private:
    double share(const kernels::Block& block, Place p, double density) const;
    double open_share(Place place, double density) const;

    const SolidTissue& tissue_;
    kernels::Block surroundings_, near_, solid_near_;
    References references_;
};

}  // namespace calcinode::deposits
