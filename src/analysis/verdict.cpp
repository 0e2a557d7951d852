#include "analysis/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <tuple>
#include <utility>

namespace calcinode {
namespace {

struct Gravity {
    Severity severity = Severity::none;
    SeverityReason reason = SeverityReason::none;
};

Gravity gravity_of(const Deposit& deposit, const VerdictRule& rule) {
    if (deposit.canal_occupied_percent >= rule.severe_canal_percent)
        return {Severity::severe, SeverityReason::canal_share};
    if (deposit.canal_occupied_percent >= rule.moderate_canal_percent)
        return {Severity::moderate, SeverityReason::canal_share};
    switch (deposit.compartment) {
        case Compartment::canal:
        case Compartment::foramen:
            if (deposit.volume_mm3 >= rule.positive_volume_mm3)
                return {Severity::moderate, SeverityReason::place};
            return {Severity::mild, SeverityReason::none};
        case Compartment::facet:
        case Compartment::posterior:
        case Compartment::paraspinal:
            if (deposit.volume_mm3 >= rule.moderate_volume_mm3)
                return {Severity::moderate, SeverityReason::volume};
            return {Severity::mild, SeverityReason::none};
        case Compartment::prevertebral:
            return {Severity::mild, SeverityReason::none};
    }
    std::unreachable();
}

bool is_sure(const Deposit& deposit, const VerdictRule& rule) {
    return deposit.confidence >= rule.positive_confidence;
}

// By which the leading deposit is chosen: the greatest. What is taken of the canal counts from where it is
// more than the error of its measurement.
auto rank_of(const Deposit& deposit, const VerdictRule& rule) {
    const double taken = deposit.canal_occupied_percent;
    return std::tuple(is_sure(deposit, rule), gravity_of(deposit, rule).severity,
                      taken >= rule.moderate_canal_percent ? taken : 0.0, deposit.volume_mm3);
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
        return is_sure(d, rule) && d.volume_mm3 >= rule.positive_volume_mm3;
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
        if (is_sure(deposit, rule)) gravest = std::max(gravest, gravity_of(deposit, rule).severity);
    return gravest;
}

Leading leading_of(const std::vector<Deposit>& deposits, const VerdictRule& rule) {
    if (deposits.empty()) return {};
    const auto& first =
        *std::ranges::max_element(deposits, {}, [&](const Deposit& d) { return rank_of(d, rule); });
    return {&first, gravity_of(first, rule).reason};
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
