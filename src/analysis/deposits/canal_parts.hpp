// What of a candidate lies in the canal, as a candidate of its own.
#pragma once

#include <vector>

#include "analysis/deposits/candidates.hpp"

namespace calcinode::deposits {

// A deposit in the canal that leans on its wall hangs together with the bone there, and the whole is bone. No
// bone belongs into the canal: so the places in it are looked at for themselves as well. One more candidate
// for each that lies for the most part elsewhere and for some part in the canal.
std::vector<Candidate> canal_parts(const std::vector<Candidate>& candidates, const Observer& observer,
                                   std::array<int, 3> size);

}  // namespace calcinode::deposits
