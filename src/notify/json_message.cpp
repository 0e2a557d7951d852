#include "notify/json_message.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/wording.hpp"

namespace calcinode::notify {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order in which they are written

// A tenth is as fine as anything here is measured.
double rounded(double value) {
    return std::isfinite(value) ? std::round(value * 10) / 10 + 0.0 : 0.0;
}

Json deposit_of(const Deposit& deposit) {
    return {{"id", deposit.id},
            {"level", deposit.level},
            {"level_text", report::level_text(deposit)},
            {"compartment", std::string(to_string(deposit.compartment))},
            {"side", std::string(to_string(deposit.side))},
            {"volume_mm3", rounded(deposit.volume_mm3)},
            {"long_axis_mm", rounded(deposit.long_axis_mm)},
            {"mean_hu", rounded(deposit.mean_hu)},
            {"canal_occupied_percent", rounded(deposit.canal_occupied_percent)},
            {"confidence_percent", rounded(deposit.confidence * 100)}};
}

Json patient_of(const dicom::StudyHeader& header) {
    return {{"name", header.patient_name},
            {"id", header.patient_id},
            {"issuer", header.issuer},
            {"birth_date", header.birth_date},
            {"sex", header.sex}};
}

}  // namespace

std::string json_message(const Facts& facts) {
    const auto& findings = facts.findings;
    Json json{{"schema", "calcinode.alert/1"},
              {"id", facts.uid},
              {"created", iso_time(facts.created)},
              {"software", {{"name", "Calcinode"}, {"version", CALCINODE_VERSION}}},
              {"study", {{"uid", facts.header.study_uid}, {"accession", facts.header.accession}}},
              {"revision", facts.revision},
              {"corrects", facts.corrects}};
    if (facts.alert.webhook.with_patient) json["patient"] = patient_of(facts.header);
    json["verdict"] = std::string(to_string(findings.verdict));
    if (facts.tells("severity")) json["severity"] = std::string(to_string(findings.severity));
    if (facts.tells("volume"))
        json["totals"] = {{"count", findings.deposits.size()},
                          {"volume_mm3", rounded(findings.total_volume_mm3())}};
    if (facts.tells("deposits")) {
        json["deposits"] = Json::array();
        for (const auto& deposit : findings.deposits) json["deposits"].push_back(deposit_of(deposit));
        const auto* const leading = findings.leading();
        json["leading_deposit"] = leading ? Json(leading->id) : Json(nullptr);
    }
    if (facts.tells("text")) json["text"] = text_of(facts);
    json["disclaimer"] = report::disclaimer;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace calcinode::notify
