#include "notify/hl7_message.hpp"

#include "base/sha256.hpp"
#include "notify/hl7_segment.hpp"

namespace calcinode::notify {
namespace {

constexpr std::size_t control_id_length = 20;  // the most that MSH-10 takes (2.5.1, 2.14.9.10)

std::string time_of(const Facts& facts) {
    return compact_time(facts.created) + "+0000";
}

std::string msh(const Facts& facts) {
    const auto& to = facts.alert.hl7;
    // Field 1 is the separator itself, so that the segment's second field here is MSH-2.
    return Hl7Segment("MSH")
        .set(1, R"(^~\&)")
        .set(2, hl7_escaped(to.sending_application))
        .set(3, hl7_escaped(to.sending_facility))
        .set(4, hl7_escaped(to.receiving_application))
        .set(5, hl7_escaped(to.receiving_facility))
        .set(6, time_of(facts))
        .set(8, "ORU^R01^ORU_R01")
        .set(9, control_id_of(facts.uid))
        .set(10, "P")
        .set(11, "2.5.1")
        .set(17, std::string(hl7_character_set(to.character_set)))
        .text();
}

// HD in a component: namespace, universal ID and its type as subcomponents.
std::string authority_of(const Facts& facts) {
    const auto& header = facts.header;
    const auto& name = header.issuer.empty() ? facts.alert.hl7.patient_id_authority : header.issuer;
    std::string authority = hl7_escaped(name);
    if (!header.issuer_universal_id.empty())
        authority += "&" + hl7_escaped(header.issuer_universal_id) + "&" + hl7_escaped(header.issuer_id_type);
    return authority;
}

std::string sex_of(const std::string& sex) {
    return sex == "M" || sex == "F" || sex == "O" ? sex : "U";
}

std::string pid(const Facts& facts) {
    const auto& header = facts.header;
    const auto id = header.patient_id.empty()
                        ? std::string()
                        : hl7_escaped(header.patient_id) + "^^^" + authority_of(facts) + "^PI";
    return Hl7Segment("PID")
        .set(1, "1")
        .set(3, id)
        .set(5, hl7_name(header.patient_name, Hl7Name::patient))
        .set(7, hl7_escaped(header.birth_date))
        .set(8, sex_of(header.sex))
        .text();
}

std::string pv1(const dicom::StudyHeader& header) {
    // Patient class: unknown. A visit is named where the images name one.
    return Hl7Segment("PV1").set(1, "1").set(2, "U").set(19, hl7_escaped(header.admission_id)).text();
}

std::string filler_order(const dicom::StudyHeader& header) {
    return hl7_escaped(header.filler_order.empty() ? header.accession : header.filler_order);
}

std::string orc(const dicom::StudyHeader& header) {
    // RE: observations to follow.
    return Hl7Segment("ORC")
        .set(1, "RE")
        .set(2, hl7_escaped(header.placer_order))
        .set(3, filler_order(header))
        .text();
}

std::string service_of(const dicom::StudyHeader& header) {
    const auto& code = header.procedure;
    if (!code.value.empty()) return hl7_components({code.value, code.meaning, code.scheme});
    // Text alone is allowed where there is no code (CE, 2.A.8).
    return hl7_components({"", header.description.empty() ? "CT" : header.description});
}

// OBR-18 to 20 as IHE RAD-4 has them: accession, requested procedure, scheduled step.
std::string obr(const Facts& facts) {
    const auto& header = facts.header;
    return Hl7Segment("OBR")
        .set(1, "1")
        .set(2, hl7_escaped(header.placer_order))
        .set(3, filler_order(header))
        .set(4, service_of(header))
        .set(7, hl7_escaped(header.study_date + header.study_time.substr(0, 6)))
        .set(16, hl7_name(header.referring_physician, Hl7Name::provider))
        .set(18, hl7_escaped(header.accession))
        .set(19, hl7_escaped(header.requested_procedure_id))
        .set(20, hl7_escaped(header.scheduled_step_id))
        .set(22, time_of(facts))
        .set(24, "CT")
        // Corrected, or preliminary. Nobody has verified it in either case, which each OBX says.
        .set(25, facts.corrects ? "C" : "P")
        .text();
}

// What about the message is to be known beside its values; nothing about a first one.
std::string nte(const Facts& facts) {
    if (facts.revision == 1) return "";
    const std::string replaces =
        facts.corrects ? "; what was told of this study before holds no more" : "; none was told before";
    return Hl7Segment("NTE")
        .set(1, "1")
        .set(3, hl7_escaped("Revision " + std::to_string(facts.revision) + " of the result" + replaces))
        .text();
}

}  // namespace

std::string control_id_of(const std::string& alert_uid) {
    Sha256 hash;
    hash.update(alert_uid);
    return hex(hash.finish()).substr(0, control_id_length);
}

std::string hl7_message(const Facts& facts) {
    const auto& header = facts.header;
    return hl7_encoded(msh(facts) + pid(facts) + pv1(header) + orc(header) + obr(facts) + nte(facts) +
                           hl7_observations(facts),
                       facts.alert.hl7.character_set);
}

}  // namespace calcinode::notify
