#include "app/in_words.hpp"

#include <spdlog/fmt/fmt.h>

namespace calcinode::app {

std::string in_words(const report::StudyOutcome& outcome) {
    if (!outcome.findings)
        return fmt::format("{} ({}): {}",
                           outcome.status == report::Status::failed ? "failed" : "not applicable",
                           outcome.reason_code, outcome.reason);
    const auto& findings = *outcome.findings;
    std::string text(to_string(findings.verdict));
    if (findings.deposits.empty()) return text + ", no deposit near the spine";
    const auto& largest = findings.deposits.front();
    return text + fmt::format(", {} deposit{}, {:.1f} ml, largest at {} ({}, {})", findings.deposits.size(),
                              findings.deposits.size() == 1 ? "" : "s", findings.total_volume_mm3() / 1000,
                              largest.level == "uncertain" ? "an uncertain level" : largest.level,
                              to_string(largest.compartment), to_string(largest.side));
}

}  // namespace calcinode::app
