// The discs between the vertebral bodies, from the endplates beside them and the pedicles between them.
#pragma once

#include <vector>

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// For each height s how much likelier a disc's middle than any other place is there: the logarithm of a
// likelihood ratio, -3 to 4.
struct DiscEvidence {
    std::vector<double> nats;
    // How much darker than its endplates alone, in units of the spread of attenuation nearby: where a disc is
    // found, this tells best at which height it is.
    std::vector<double> dip;
};
DiscEvidence disc_evidence(const Straight& straight);

}  // namespace calcinode::spine
