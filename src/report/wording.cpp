#include "report/wording.hpp"

#include "base/decimals.hpp"
#include "report/spine_wording.hpp"

namespace calcinode::report {
namespace {

// Smaller ones are told with one more digit, so that none reads 0.00.
constexpr double small_mm3 = 100;

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
        text += std::string(count == 1 ? " (" : "; the largest (") + place_words(findings.deposits.front()) +
                ")" + (count == 1 ? "" : " has " + millilitres(findings.deposits.front().volume_mm3) + " ml");
    return text + ".";
}

std::string canal_relation(const Deposit& deposit) {
    if (deposit.canal_occupied_percent > 0)
        return "takes " + whole_number(deposit.canal_occupied_percent) + " % of the canal's cross-section";
    return with_decimals(deposit.canal_distance_mm, 1) + " mm from the canal";
}

// A level between what has settled and the fluid above it speaks for milk of calcium.
std::string fluid_level(const Deposit& deposit) {
    if (deposit.fluid_mm3 <= 0) return "";
    return " with a fluid level (" + millilitres(deposit.fluid_mm3) + " ml of it fluid)";
}

std::string severity_sentence(const Findings& findings) {
    const auto category = acr_category(findings);
    if (!category || findings.severity == Severity::none) return "";
    const auto reason = severity_reason(findings);
    return " Severity " + std::string(to_string(findings.severity)) + (reason.empty() ? "" : ": " + reason) +
           " (actionable finding, ACR category " + std::to_string(*category) + ").";
}

}  // namespace

std::string severity_reason(const Findings& findings) {
    const auto* const leading = findings.leading();
    if (!leading || findings.severity == Severity::none) return "";
    const auto level = short_level_text(*leading) + ", ";
    switch (findings.severity_reason) {
        case SeverityReason::canal_share:
            return level + whole_number(leading->canal_occupied_percent) + " % of the canal taken";
        case SeverityReason::place:
            return level + (leading->compartment == Compartment::foramen ? "in a foramen" : "in the canal");
        case SeverityReason::volume:
            return level + millilitres(leading->volume_mm3) + " ml";
        case SeverityReason::none:
            break;
    }
    return "";
}

std::string_view mimic_words(Mimic mimic, bool contrast) {
    if (mimic == Mimic::contrast_in_vessel && !contrast)
        return "vessel or other soft tissue of moderate density";
    return in_words(mimic);
}

std::optional<int> acr_category(const Findings& findings) {
    if (findings.verdict != Verdict::positive) return std::nullopt;
    return findings.severity == Severity::severe ? 2 : 3;
}

std::string place_words(const Deposit& deposit) {
    return level_text(deposit) + ", " + std::string(to_string(deposit.compartment)) + ", " +
           std::string(to_string(deposit.side));
}

std::string deposit_words(const Deposit& deposit) {
    return "Deposit " + std::to_string(deposit.id) + ": " + place_words(deposit) + ", " +
           millilitres(deposit.volume_mm3) + " ml" + fluid_level(deposit) + ", mean " +
           whole_number(deposit.mean_hu) + " HU, maximum " + whole_number(deposit.max_hu) +
           " HU, longest axis " + whole_number(deposit.long_axis_mm) + " mm, " + canal_relation(deposit) +
           ", certainty " + whole_number(deposit.confidence * 100) + " %.";
}

std::string revision_words(const ReportOptions& options) {
    if (options.revision < 2) return "";
    return "Revision " + std::to_string(options.revision) +
           " of the result of this study: it replaces the earlier ones. ";
}

std::string level_text(const Deposit& deposit) {
    if (deposit.level.empty() || deposit.level == "uncertain")
        return level_words(deposit.level, deposit.alternatives);
    const auto name =
        deposit.levels.size() < 2 ? deposit.level : deposit.levels.front() + "-" + deposit.levels.back();
    return with_confidence(name, deposit.level_confidence);
}

std::string short_level_text(const Deposit& deposit) {
    return deposit.alternatives.empty() ? level_text(deposit)
                                        : short_level(deposit.level, deposit.alternatives);
}

std::string millilitres(double volume_mm3) {
    return with_decimals(volume_mm3 / 1000, volume_mm3 < small_mm3 ? 3 : 2);
}

std::string conclusion(const Findings& findings) {
    const auto spine = spine_sentences(findings.spine);
    return deposit_sentences(findings) + severity_sentence(findings) + (spine.empty() ? "" : " " + spine) +
           " " + disclaimer;
}

}  // namespace calcinode::report
