#include "base/decimals.hpp"
#include "notify/hl7_message.hpp"
#include "notify/hl7_segment.hpp"
#include "report/codes.hpp"
#include "report/wording.hpp"

namespace calcinode::notify {
namespace {

namespace codes = report::codes;

// Numbers the segments, and gives each the status "preliminary".
class ObservationSegments {
  public:
    // OBX-8 (table 0078): what about the following values is not normal.
    void set_flag(std::string flag) { flag_ = std::move(flag); }
    // OBX-4: which deposit the following values are of; "" for the study.
    void set_group(std::string group) { group_ = std::move(group); }

    void coded(const report::Code& name, const report::Code& value) {
        add("CWE", name, hl7_coded(value), "");
    }
    void measured(const report::Code& name, double value, int decimals, const report::Code& unit) {
        add("NM", name, with_decimals(value, decimals), hl7_coded(unit));
    }
    void told(const char* type, const report::Code& name, const std::string& text) {
        add(type, name, hl7_escaped(text), "");
    }
    const std::string& text() const { return text_; }

  private:
    void add(const char* type, const report::Code& name, std::string value, std::string unit) {
        text_ += Hl7Segment("OBX")
                     .set(1, std::to_string(++count_))
                     .set(2, type)
                     .set(3, hl7_coded(name))
                     .set(4, group_)
                     .set(5, std::move(value))
                     .set(6, std::move(unit))
                     .set(8, flag_)
                     .set(11, "P")
                     .text();
    }

    int count_ = 0;
    std::string group_, flag_, text_;
};

std::string flag_of(const Findings& findings) {
    if (findings.verdict == Verdict::negative) return "N";
    return findings.severity == Severity::severe ? "AA" : "A";
}

void add_deposit(ObservationSegments& all, const Deposit& deposit) {
    all.set_group(std::to_string(deposit.id));
    all.coded(codes::finding_site, codes::vertebra_of_level(deposit.level));
    all.told("ST", codes::comment, report::level_text(deposit));
    all.coded(codes::topographical_modifier, codes::compartment(deposit.compartment));
    all.coded(codes::laterality, codes::side(deposit.side));
    all.measured(codes::volume, deposit.volume_mm3, 1, codes::cubic_millimetre);
    all.measured(codes::long_axis, deposit.long_axis_mm, 1, codes::millimetre);
    all.measured(codes::attenuation, deposit.mean_hu, 0, codes::hounsfield_unit);
    all.measured(codes::canal_occupied, deposit.canal_occupied_percent, 1, codes::percent);
    all.measured(codes::certainty, deposit.confidence * 100, 0, codes::percent);
    all.set_group("");
}

}  // namespace

std::string hl7_observations(const Facts& facts) {
    const auto& findings = facts.findings;
    ObservationSegments all;
    all.told("HD", codes::study, facts.header.study_uid);
    all.set_flag(flag_of(findings));
    all.coded(codes::pathologic_calcification, codes::verdict(findings.verdict));
    if (facts.tells("severity")) all.coded(codes::severity, codes::severity_of(findings));
    if (facts.tells("volume")) {
        all.measured(codes::number_of_calcifications, static_cast<double>(findings.deposits.size()), 0,
                     codes::no_units);
        all.measured(codes::volume, findings.total_volume_mm3(), 1, codes::cubic_millimetre);
    }
    if (facts.tells("deposits"))
        for (const auto& deposit : findings.deposits) add_deposit(all, deposit);
    if (facts.tells("text")) all.told("TX", codes::conclusion, text_of(facts));
    return all.text();
}

}  // namespace calcinode::notify
