// What has settled in a deposit whose outline took in the fluid above it as well.
#pragma once

#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

// Of `outline` (offsets, ascending): the denser ones, where its attenuations part into two groups as sediment
// and fluid do; nothing where they don't. The border is Otsu's (IEEE Trans Syst Man Cybern 1979;9:62): what
// lies between the groups' means is most.
std::vector<std::size_t> settled_part(const Volume& volume, const std::vector<std::size_t>& outline);

}  // namespace calcinode::deposits
