// The skull base, and what tells C1 and C2 below it.
#pragma once

#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// The lowest height s at which the occipital bone lies behind the canal, broad, as nothing below it does: the
// mean of both sides, since the head may be tilted; -1 where no skull is in view. The disc C2/C3 is 28 mm
// below, sd 8 mm, on the development necks: the head nods.
int lowest_occiput(const Straight& straight);

// Lower borders of what may be C1's transverse processes, heights s: the widest of the neck, with narrow
// vertebrae below. The disc C2/C3 is 22 mm below, sd 3.5, on the development necks. More than one where
// calcified vessels or the mastoids look alike; none where C1 is not in view or as narrow as the others.
std::vector<int> atlas_borders(const Straight& straight);

// Height at which the dens stands behind C1's anterior arch: the brightest place of the column near
// `occiput`, since two thick cortices meet there. 3 mm above the middle of C1, sd 2 mm, in 28 of 28
// development necks; the disc C2/3 is 29 mm below, sd 5.5. -1 where nothing stands out.
int dens_behind_arch(const Straight& straight, int occiput);

}  // namespace calcinode::spine
