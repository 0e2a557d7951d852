#include "assemble/completeness.hpp"

#include "assemble/headers.hpp"

namespace calcinode::assemble {
namespace {

// Reasons that more slices of the same series would cure.
bool may_become_fit(const Candidate& candidate) {
    return !candidate.unfit || candidate.unfit->code == "missing_slices" ||
           candidate.unfit->code == "too_few_slices";
}

}  // namespace

Completeness look_for_gaps(const std::vector<std::filesystem::path>& files) {
    const auto headers = read_headers(files, usual_threads());
    Completeness found;
    for (const auto& [uid, candidates] : candidates_of(headers))
        for (const auto& candidate : candidates) {
            if (!candidate.stack || !may_become_fit(candidate)) continue;
            found.anything_to_analyse = true;
            const auto& stack = *candidate.stack;
            if (stack.missing <= found.missing_slices) continue;
            found.missing_slices = stack.missing;
            found.gap = "series " + std::to_string(candidate.series_number) + ": " +
                        std::to_string(stack.missing) + " of " + std::to_string(stack.slots()) +
                        " slices are missing";
        }
    return found;
}

}  // namespace calcinode::assemble
