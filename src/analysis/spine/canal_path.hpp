// The path through a coarse volume's slices that is most like the canal.
#pragma once

#include <vector>

#include "analysis/spine/enclosure.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// One place in each of the lowest `count` slices, first slice first: the best of all paths that bend no more
// than a spine, by the sum of the enclosures' scores (dynamic programming). It goes through every one of
// them, canal or not.
std::vector<VoxelIndex> canal_path(const Volume& coarse, const EnclosureFinder& enclosures, int count,
                                   int threads);

}  // namespace calcinode::spine
