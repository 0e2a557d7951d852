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

// Whether so much speaks for a deposit that its place does not name it: near the skull, where no bone that
// was seen comes near to it, and where a dense lump of a millilitre lies against a body of chest or loin.
bool yields_to_evidence(Mimic mimic, const Mass& mass, double log_odds);

// The likeliest name of a mass whose evidence does not do for a deposit.
Mimic mimic_by_exclusion(const Mass& mass);

// Whether it may be an artefact, whatever speaks for a deposit: near metal or where the patient moved, and
// faint or small.
bool may_be_artefact(const Mass& mass);

// What could be a deposit as well: ossified ligaments (a mass in the canal, a large one behind the spine),
// and what may be an artefact.
bool could_be_deposit(const Mass& mass, double log_odds);

}  // namespace calcinode::deposits
