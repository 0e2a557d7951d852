#include "report/wording.hpp"

#include <cstdio>

#include "report/spine_wording.hpp"

namespace calcinode::report {
namespace {

// Smaller ones are told with one more digit, so that none reads 0.00.
constexpr double small_mm3 = 100;

std::string located(const Deposit& deposit) {
    return level_text(deposit) + ", " + std::string(to_string(deposit.compartment)) + ", " +
           std::string(to_string(deposit.side));
}

std::string deposit_sentences(const Findings& findings) {
    const auto count = findings.deposits.size();
    switch (findings.verdict) {
        case Verdict::negative:
            return "No pathologic calcification found near the spine in the part examined.";
        case Verdict::indeterminate:
            if (count == 0) return "Pathologic calcification undetermined.";
            break;
        case Verdict::positive:
            break;
    }
    std::string text = findings.verdict == Verdict::positive
                           ? "Pathologic calcification, pattern compatible with calcinosis. "
                           : "Possible pathologic calcification, undetermined. ";
    text += std::to_string(count) + (count == 1 ? " deposit of " : " deposits of together ") +
            millilitres(findings.total_volume_mm3()) + " ml";
    if (count > 0)
        text += std::string(count == 1 ? " (" : "; the largest (") + located(findings.deposits.front()) +
                ")" + (count == 1 ? "" : " has " + millilitres(findings.deposits.front().volume_mm3) + " ml");
    return text + ".";
}

}  // namespace

std::string level_text(const Deposit& deposit) {
    if (deposit.level.empty() || deposit.level == "uncertain" || deposit.levels.size() < 2)
        return level_words(deposit.level, deposit.alternatives);
    return deposit.levels.front() + "-" + deposit.levels.back();
}

std::string short_level_text(const Deposit& deposit) {
    return deposit.alternatives.empty() ? level_text(deposit)
                                        : short_level(deposit.level, deposit.alternatives);
}

std::string millilitres(double volume_mm3) {
    char text[32];
    std::snprintf(text, sizeof text, volume_mm3 < small_mm3 ? "%.3f" : "%.2f", volume_mm3 / 1000);
    return text;
}

std::string conclusion(const Findings& findings) {
    const auto spine = spine_sentences(findings.spine);
    return deposit_sentences(findings) + (spine.empty() ? "" : " " + spine) + " " + disclaimer;
}

}  // namespace calcinode::report
