#include "report/codes.hpp"

#include <algorithm>
#include <array>

namespace calcinode::report::codes {
namespace {

struct LevelCode {
    std::string_view level;
    Code code;
};

// PS3.16 CID 7603; S1 is SNOMED CT's, not in the CID.
constexpr std::array<LevelCode, 25> levels{{
    {"C1", {"14806007", "SCT", "C1 vertebra"}},   {"C2", {"39976000", "SCT", "C2 vertebra"}},
    {"C3", {"113205007", "SCT", "C3 vertebra"}},  {"C4", {"5329002", "SCT", "C4 vertebra"}},
    {"C5", {"36978003", "SCT", "C5 vertebra"}},   {"C6", {"36054005", "SCT", "C6 vertebra"}},
    {"C7", {"87391001", "SCT", "C7 vertebra"}},   {"T1", {"64864005", "SCT", "T1 vertebra"}},
    {"T2", {"53733008", "SCT", "T2 vertebra"}},   {"T3", {"1626008", "SCT", "T3 vertebra"}},
    {"T4", {"73071006", "SCT", "T4 vertebra"}},   {"T5", {"56401006", "SCT", "T5 vertebra"}},
    {"T6", {"45296009", "SCT", "T6 vertebra"}},   {"T7", {"62487009", "SCT", "T7 vertebra"}},
    {"T8", {"11068009", "SCT", "T8 vertebra"}},   {"T9", {"82687006", "SCT", "T9 vertebra"}},
    {"T10", {"7610001", "SCT", "T10 vertebra"}},  {"T11", {"12989004", "SCT", "T11 vertebra"}},
    {"T12", {"23215003", "SCT", "T12 vertebra"}}, {"L1", {"66794005", "SCT", "L1 vertebra"}},
    {"L2", {"14293000", "SCT", "L2 vertebra"}},   {"L3", {"36470004", "SCT", "L3 vertebra"}},
    {"L4", {"11994002", "SCT", "L4 vertebra"}},   {"L5", {"49668003", "SCT", "L5 vertebra"}},
    {"S1", {"65985001", "SCT", "S1 vertebra"}},
}};

}  // namespace

Code vertebra_of_level(std::string_view level) {
    const auto found = std::ranges::find(levels, level, &LevelCode::level);
    return found == levels.end() ? vertebra : found->code;
}

// PS3.16 has no concept for the intervertebral foramen, the facet joint and the soft tissue beside the spine;
// those are the 99CALC codes. CALC001 to CALC003 are never given another meaning.
Code compartment(Compartment compartment) {
    switch (compartment) {
        case Compartment::canal:
            return vertebral_canal;
        case Compartment::foramen:
            return {"CALC001", "99CALC", "Intervertebral foramen"};
        case Compartment::facet:
            return {"CALC002", "99CALC", "Facet joint"};
        case Compartment::posterior:
            return posterior;
        case Compartment::paraspinal:
            return {"CALC003", "99CALC", "Paraspinal soft tissue"};
        case Compartment::prevertebral:
            return anterior;
    }
    return vertebra;
}

Code verdict(Verdict verdict) {
    switch (verdict) {
        case Verdict::negative:
            return absent;
        case Verdict::positive:
            return present;
        case Verdict::indeterminate:
            break;
    }
    return undetermined;
}

Code severity_of(const Findings& findings) {
    switch (findings.severity) {
        case Severity::none:
            break;
        case Severity::mild:
            return {"255604002", "SCT", "Mild"};
        case Severity::moderate:
            return {"6736007", "SCT", "Moderate"};
        case Severity::severe:
            return {"24484000", "SCT", "Severe"};
    }
    if (findings.verdict != Verdict::negative) return undetermined;
    return {"260413007", "SCT", "None"};
}

// PS3.16 CID 7035.
Code acr_actionable(int category) {
    switch (category) {
        case 1:
            return {"RID49480", "RADLEX", "ACR Category 1 Actionable Finding"};
        case 2:
            return {"RID49481", "RADLEX", "ACR Category 2 Actionable Finding"};
        default:
            return {"RID49482", "RADLEX", "ACR Category 3 Actionable Finding"};
    }
}

Code side(Side side) {
    switch (side) {
        case Side::left:
            return {"7771000", "SCT", "Left"};
        case Side::right:
            return {"24028007", "SCT", "Right"};
        case Side::midline:
            break;
    }
    return {"260528009", "SCT", "Median"};
}

Code trend(Trend trend) {
    switch (trend) {
        case Trend::progression:
            return {"CALC030", "99CALC", "Progression (volume more than 25 % larger)"};
        case Trend::stable:
            return {"CALC031", "99CALC", "Stable (volume within 25 %)"};
        case Trend::regression:
            break;
    }
    return {"CALC032", "99CALC", "Regression (volume more than 25 % smaller)"};
}

Code trend_of_all(const Comparison& whole) {
    const bool grown = whole.percent && *whole.percent > progression_percent;
    return whole.new_count() > 0 && !grown ? new_deposit : trend(whole.trend.value_or(Trend::stable));
}

}  // namespace calcinode::report::codes
