#include "analysis/analyse.hpp"

#include "analysis/deposits/find_deposits.hpp"
#include "analysis/motion.hpp"
#include "analysis/spine/find_spine.hpp"

namespace calcinode {
std::expected<Findings, Unfit> analyse(const Volume& volume, const AnalysisOptions& options) {
    const auto finished = [&](std::string_view stage) {
        if (options.finished) options.finished(stage);
    };
    auto seen = spine::find_spine(volume, options.threads);
    if (!seen) return std::unexpected(seen.error());
    finished("spine");

    Findings findings;
    findings.motion = find_motion(volume, options.threads);
    auto found = deposits::find_deposits(volume, *seen, findings.motion,
                                         options.verdict.indeterminate_confidence, options.threads);
    finished("deposits");

    findings.spine = std::move(seen->spine);
    findings.deposits = std::move(found.deposits);
    findings.excluded = std::move(found.excluded);
    findings.verdict = verdict_of(findings.deposits, findings.excluded, options.verdict);
    findings.severity = severity_of(findings.deposits, options.verdict);
    if (const auto leading = leading_of(findings.deposits, options.verdict); leading.deposit) {
        findings.leading_id = leading.deposit->id;
        findings.severity_reason = leading.reason;
    }
    return findings;
}

}  // namespace calcinode
