#include "analysis/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace calcinode {
namespace {

Severity severity_of(const Deposit& deposit, const VerdictRule& rule) {
    if (deposit.canal_occupied_percent >= rule.severe_canal_percent) return Severity::severe;
    if (deposit.canal_occupied_percent >= rule.moderate_canal_percent) return Severity::moderate;
    switch (deposit.compartment) {
        case Compartment::canal:
        case Compartment::foramen:
            return Severity::moderate;
        case Compartment::facet:
        case Compartment::posterior:
        case Compartment::paraspinal:
            return deposit.volume_mm3 >= rule.moderate_volume_mm3 ? Severity::moderate : Severity::mild;
        case Compartment::prevertebral:
            return Severity::mild;
    }
    std::unreachable();
}

// The shortest text that reads back as the same number, in every locale.
std::string exact_text(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

}  // namespace

Verdict verdict_of(const std::vector<Deposit>& deposits, const std::vector<Excluded>& excluded,
                   const VerdictRule& rule) {
    const auto positive = [&](const Deposit& d) {
        return d.confidence >= rule.positive_confidence && d.volume_mm3 >= rule.positive_volume_mm3;
    };
    const auto worth_a_look = [&](const Deposit& d) { return d.confidence >= rule.indeterminate_confidence; };
    if (std::ranges::any_of(deposits, positive)) return Verdict::positive;
    if (std::ranges::any_of(deposits, worth_a_look)) return Verdict::indeterminate;
    if (std::ranges::any_of(excluded, &Excluded::could_be_deposit)) return Verdict::indeterminate;
    return Verdict::negative;
}

Severity severity_of(const std::vector<Deposit>& deposits, const VerdictRule& rule) {
    auto gravest = Severity::none;
    for (const auto& deposit : deposits)
        if (deposit.confidence >= rule.positive_confidence)
            gravest = std::max(gravest, severity_of(deposit, rule));
    return gravest;
}

std::string identity_of(const VerdictRule& rule) {
    const std::pair<std::string_view, double> values[] = {
        {"positive_confidence", rule.positive_confidence},
        {"positive_volume_mm3", rule.positive_volume_mm3},
        {"indeterminate_confidence", rule.indeterminate_confidence},
        {"severe_canal_percent", rule.severe_canal_percent},
        {"moderate_canal_percent", rule.moderate_canal_percent},
        {"moderate_volume_mm3", rule.moderate_volume_mm3},
    };
    static_assert(sizeof(VerdictRule) == sizeof(values) / sizeof(values[0]) * sizeof(double),
                  "every threshold is part of the identity");
    std::string text = "verdict";
    for (const auto& [name, value] : values)
        text.append(" ").append(name).append("=").append(exact_text(value));
    return text;
}

}  // namespace calcinode
