// Which landmarks a chain of named discs agrees with.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/spine/chain.hpp"
#include "analysis/spine/frame.hpp"
#include "analysis/spine/landmarks.hpp"

namespace calcinode::spine {

// The landmarks that the chain meets: those by which its names hold. Head end first.
std::vector<Landmark> met_landmarks(const Frame& frame, const Landmarks& seen, const Evidence& evidence,
                                    const Chain& chain);

}  // namespace calcinode::spine
