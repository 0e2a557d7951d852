#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "notify/json_message.hpp"
#include "report/codes.hpp"

namespace calcinode::notify {
namespace {

namespace codes = report::codes;
using Json = nlohmann::ordered_json;  // keys in the order in which they are written

std::string system_of(std::string_view scheme) {
    if (scheme == "SCT") return "http://snomed.info/sct";
    if (scheme == "DCM") return "http://dicom.nema.org/resources/ontology/DCM";
    if (scheme == "UCUM") return "http://unitsofmeasure.org";
    return "urn:calcinode:" + std::string(scheme);  // 99CALC: our own
}

Json concept_of(const report::Code& code) {
    return {{"coding",
             Json::array(
                 {{{"system", system_of(code.scheme)}, {"code", code.value}, {"display", code.meaning}}})}};
}

Json quantity_of(double value, const report::Code& unit) {
    const double finite = std::isfinite(value) ? std::round(value * 10) / 10 + 0.0 : 0.0;
    return {
        {"value", finite}, {"unit", unit.meaning}, {"system", system_of(unit.scheme)}, {"code", unit.value}};
}

Json identifier_of_uid(const std::string& system, const std::string& uid) {
    return {{"system", system}, {"value", "urn:oid:" + uid}};
}

// "20260131" as "2026-01-31"; "" for what is no date.
std::string fhir_date(const std::string& date) {
    if (date.size() != 8 || date.find_first_not_of("0123456789") != std::string::npos) return "";
    return date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2);
}

// R4 has a status for what corrects a final report, and none for what corrects a preliminary one.
Json revision_of(const Facts& facts) {
    return Json::array({{{"url", "urn:calcinode:revision"}, {"valueInteger", facts.revision}},
                        {{"url", "urn:calcinode:corrects"}, {"valueBoolean", facts.corrects}}});
}

// The Observations, contained in the report and referred to by its `result`.
class ContainedObservations {
  public:
    Json& add(const report::Code& code) {
        const auto id = "o" + std::to_string(contained_.size() + 1);
        result_.push_back({{"reference", "#" + id}});
        contained_.push_back({{"resourceType", "Observation"},
                              {"id", id},
                              {"status", "preliminary"},
                              {"code", concept_of(code)}});
        return contained_.back();
    }
    void put_into(Json& report) const {
        report["contained"] = contained_;
        report["result"] = result_;
    }

  private:
    Json contained_ = Json::array(), result_ = Json::array();
};

Json interpretation_of(const Findings& findings) {
    const bool severe = findings.severity == Severity::severe;
    const char* const code = findings.verdict == Verdict::negative ? "N" : severe ? "AA" : "A";
    const char* const words = findings.verdict == Verdict::negative ? "Normal"
                              : severe                              ? "Critical abnormal"
                                                                    : "Abnormal";
    return Json::array(
        {{{"coding",
           Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"},
                         {"code", code},
                         {"display", words}}})}}});
}

void add_deposit(ContainedObservations& all, const Deposit& deposit) {
    auto& one = all.add(codes::pathologic_calcification);
    one["valueCodeableConcept"] = concept_of(codes::present);
    one["bodySite"] = concept_of(codes::vertebra_of_level(deposit.level));
    one["component"] = Json::array();
    const auto coded = [&](const report::Code& name, const report::Code& value) {
        one["component"].push_back({{"code", concept_of(name)}, {"valueCodeableConcept", concept_of(value)}});
    };
    const auto measured = [&](const report::Code& name, double value, const report::Code& unit) {
        one["component"].push_back({{"code", concept_of(name)}, {"valueQuantity", quantity_of(value, unit)}});
    };
    coded(codes::topographical_modifier, codes::compartment(deposit.compartment));
    coded(codes::laterality, codes::side(deposit.side));
    measured(codes::volume, deposit.volume_mm3, codes::cubic_millimetre);
    measured(codes::long_axis, deposit.long_axis_mm, codes::millimetre);
    measured(codes::attenuation, deposit.mean_hu, codes::hounsfield_unit);
    measured(codes::canal_occupied, deposit.canal_occupied_percent, codes::percent);
    measured(codes::certainty, deposit.confidence * 100, codes::percent);
}

ContainedObservations observations_of(const Facts& facts) {
    const auto& findings = facts.findings;
    ContainedObservations all;
    auto& verdict = all.add(codes::pathologic_calcification);
    verdict["valueCodeableConcept"] = concept_of(codes::verdict(findings.verdict));
    verdict["interpretation"] = interpretation_of(findings);
    if (facts.tells("severity"))
        all.add(codes::severity)["valueCodeableConcept"] = concept_of(codes::severity_of(findings));
    if (facts.tells("volume")) {
        all.add(codes::number_of_calcifications)["valueInteger"] = findings.deposits.size();
        all.add(codes::volume)["valueQuantity"] =
            quantity_of(findings.total_volume_mm3(), codes::cubic_millimetre);
    }
    if (facts.tells("deposits"))
        for (const auto& deposit : findings.deposits) add_deposit(all, deposit);
    return all;
}

void put_order_and_patient(Json& report, const Facts& facts) {
    const auto& header = facts.header;
    if (!header.accession.empty())
        report["basedOn"] = Json::array(
            {{{"identifier",
               {{"type",
                 {{"coding", Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v2-0203"},
                                           {"code", "ACSN"}}})}}},
                {"value", header.accession}}}}});
    if (facts.alert.webhook.with_patient)
        report["subject"] = {{"identifier", {{"value", header.patient_id}}},
                             {"display", header.patient_name}};
    if (const auto date = fhir_date(header.study_date); !date.empty()) report["effectiveDateTime"] = date;
}

}  // namespace

std::string fhir_message(const Facts& facts) {
    Json report{{"resourceType", "DiagnosticReport"}, {"extension", revision_of(facts)}};
    const auto observations = observations_of(facts);
    observations.put_into(report);
    report["identifier"] = Json::array({identifier_of_uid("urn:ietf:rfc:3986", facts.uid)});
    report["status"] = "preliminary";
    report["category"] =
        Json::array({{{"coding", Json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v2-0074"},
                                               {"code", "CT"},
                                               {"display", "CAT Scan"}}})}}});
    report["code"] = concept_of(codes::pathologic_calcification);
    put_order_and_patient(report, facts);
    report["issued"] = iso_time(facts.created);
    report["imagingStudy"] =
        Json::array({{{"identifier", identifier_of_uid("urn:dicom:uid", facts.header.study_uid)}}});
    if (facts.tells("text")) report["conclusion"] = text_of(facts);
    report["conclusionCode"] = Json::array({concept_of(codes::verdict(facts.findings.verdict))});
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace calcinode::notify
