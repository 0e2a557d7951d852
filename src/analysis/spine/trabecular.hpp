// The attenuation of the trabecular bone inside a vertebral body: an opportunistic sign of osteopenia.
#pragma once

#include <optional>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::spine {

// Mean attenuation (HU) of an ellipsoid of half the body's extents, in front of the basivertebral vein and
// away from cortex and endplates, without what stands out of it: bone islands, deposits, gas. Nothing for C1,
// for a body that the scan cuts, beside metal, or where the voxels are too few or too uneven.
//
// In 1867 adults an L1 of 160 HU or less was 90 % sensitive and one of 110 HU or less more than 90 % specific
// for osteoporosis by DXA (Pickhardt et al., Ann Intern Med 2013;158:588-595); contrast raises the value by
// some 10 HU. Necks stand far higher than L1 and have no such thresholds. A sign to be followed up, never a
// diagnosis: scanner, voltage and kernel shift it.
std::optional<double> trabecular_hu(const Volume& volume, const Vertebra& vertebra);

inline constexpr double l1_osteoporosis_specific_hu = 110;

}  // namespace calcinode::spine
