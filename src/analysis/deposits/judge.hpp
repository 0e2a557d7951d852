// One candidate: outlined, measured, and all that speaks for or against its being a deposit.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "analysis/deposits/mass.hpp"
#include "analysis/findings.hpp"
#include "analysis/spine/find_spine.hpp"

namespace calcinode::deposits {

// A mass with what speaks for and against its being a deposit.
struct Judged {
    Mass mass;
    std::vector<Evidence> evidence;
    double log_odds = 0;
    std::optional<Mimic> mimic;
    std::vector<std::size_t> fluid{};  // of its voxels, those above a fluid level
};

// What masses are judged by.
struct Scene {
    const Volume& volume;
    const spine::SpineInView& seen;
    const SolidTissue& tissue;
    const Observer& observer;
    const Artefacts& artefacts;
};

// Nothing where its outline is empty. What falls short of `least_log_odds` because it ran out into bone is
// judged once more by its thick part alone, then by what lies close to its solid middle; and so is a deposit
// for whose close part far more speaks.
std::optional<Judged> judge(const Scene& scene, const Candidate& candidate, double least_log_odds);

}  // namespace calcinode::deposits
