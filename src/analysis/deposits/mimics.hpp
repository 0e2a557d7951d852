// What looks like a deposit and is none, by place and form.
#pragma once

#include <optional>

#include "analysis/deposits/mass.hpp"
#include "analysis/findings.hpp"

namespace calcinode::deposits {

// Whether it lies where deposits of the spine do not: skull, sacrum, too far to a side or in front, inside a
// body.
bool out_of_place(const spine::CurvedPoint& centre, const Placement& placement);

// What lies out of place, or is what it is beyond doubt. Nothing: to be decided by its evidence.
std::optional<Mimic> mimic_by_place(const Mass& mass);

// The likeliest name of a mass whose evidence does not do for a deposit.
Mimic mimic_by_exclusion(const Mass& mass);

// Ossified ligaments that could be deposits as well: a mass in the canal, a large one behind the spine.
bool could_be_deposit(const Mass& mass, double log_odds);

}  // namespace calcinode::deposits
