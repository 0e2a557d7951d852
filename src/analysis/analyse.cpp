#include "analysis/analyse.hpp"

#include "analysis/deposits/find_deposits.hpp"
#include "analysis/spine/find_spine.hpp"

namespace calcinode {
namespace {

// Deposits that are too unsure to be reported would stand in the results of a negative study.
void drop_unsure(std::vector<Deposit>& deposits, double least_confidence) {
    std::erase_if(deposits, [&](const Deposit& d) { return d.confidence < least_confidence; });
    for (int id = 0; auto& deposit : deposits) deposit.id = ++id;
}

}  // namespace

std::expected<Findings, Unfit> analyse(const Volume& volume, const AnalysisOptions& options) {
    const auto finished = [&](std::string_view stage) {
        if (options.finished) options.finished(stage);
    };
    auto seen = spine::find_spine(volume, options.threads);
    if (!seen) return std::unexpected(seen.error());
    finished("spine");

    auto found = deposits::find_deposits(volume, *seen, options.threads);
    finished("deposits");

    Findings findings;
    findings.spine = std::move(seen->spine);
    findings.deposits = std::move(found.deposits);
    findings.excluded = std::move(found.excluded);
    drop_unsure(findings.deposits, options.verdict.indeterminate_confidence);
    findings.verdict = verdict_of(findings.deposits, findings.excluded, options.verdict);
    findings.severity = severity_of(findings.deposits, options.verdict);
    return findings;
}

}  // namespace calcinode
