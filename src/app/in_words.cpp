#include "app/in_words.hpp"

#include <spdlog/fmt/fmt.h>

#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::app {
namespace {

std::string deposits_in_words(const Findings& findings) {
    std::string text(to_string(findings.verdict));
    if (findings.deposits.empty()) return text + ", no deposit near the spine";
    if (findings.severity != Severity::none) text += fmt::format(", {}", to_string(findings.severity));
    if (const auto reason = report::severity_reason(findings); !reason.empty())
        text += fmt::format(" ({})", reason);
    const auto& largest = findings.deposits.front();
    return text + fmt::format(", {} deposit{}, {:.1f} ml, largest at {} ({}, {})", findings.deposits.size(),
                              findings.deposits.size() == 1 ? "" : "s", findings.total_volume_mm3() / 1000,
                              report::short_level_text(largest), to_string(largest.compartment),
                              to_string(largest.side));
}

}  // namespace

std::string in_words(const report::StudyOutcome& outcome) {
    if (!outcome.findings)
        return fmt::format("{} ({}): {}",
                           outcome.status == report::Status::failed ? "failed" : "not applicable",
                           outcome.reason_code, outcome.reason);
    const auto& spine = outcome.findings->spine;
    std::string text = deposits_in_words(*outcome.findings);
    for (const auto& slip : report::spondylolistheses(spine)) text += "; " + report::slip_words(spine, slip);
    return text;
}

std::vector<std::string> spine_in_words(const Spine& spine) {
    std::vector<std::string> lines{"spine: " + report::extent_words(spine)};
    for (const auto& mark : spine.landmarks)
        lines[0] += fmt::format("{}{} at {}", &mark == &spine.landmarks.front() ? "; landmarks: " : ", ",
                                mark.name, mark.level);
    for (const auto& slip : report::spondylolistheses(spine))
        lines.push_back(fmt::format("{} (measured {:+.1f} mm, standard deviation {:.1f} mm)",
                                    report::slip_words(spine, slip), slip.slip_mm, slip.uncertainty_mm));
    for (const auto& mean : report::trabecular_means(spine))
        lines.push_back(report::trabecular_words(mean, spine.contrast));
    if (auto words = report::canal_words(spine); !words.empty()) lines.push_back(std::move(words));
    return lines;
}

}  // namespace calcinode::app
