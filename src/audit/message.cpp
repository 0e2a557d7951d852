#include "audit/message.hpp"

#include <ctime>
#include <string_view>

namespace calcinode::audit {
namespace {

// Of PS3.16 CID 400 to 402.
struct Code {
    const char* value;
    const char* meaning;
};
constexpr Code application_activity{"110100", "Application Activity"};
constexpr Code application_start{"110120", "Application Start"},
    application_stop{"110121", "Application Stop"};
constexpr Code instances_transferred{"110104", "DICOM Instances Transferred"};
constexpr Code security_alert{"110113", "Security Alert"},
    node_authentication{"110126", "Node Authentication"};
constexpr Code application_role{"110150", "Application"};
constexpr Code destination_role{"110152", "Destination Role ID"}, source_role{"110153", "Source Role ID"};
constexpr Code study_uid_type{"110180", "Study Instance UID"};

// As the value of an attribute in double quotes. What XML 1.0 can't hold becomes a question mark.
std::string escaped(std::string_view text) {
    std::string xml;
    for (const char c : text) {
        if (c == '&')
            xml += "&amp;";
        else if (c == '<')
            xml += "&lt;";
        else if (c == '>')
            xml += "&gt;";
        else if (c == '"')
            xml += "&quot;";
        else
            xml += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
    return xml;
}

std::string attribute(const char* name, std::string_view value) {
    return std::string(" ") + name + "=\"" + escaped(value) + "\"";
}

std::string coded(const char* element, const Code& code) {
    return std::string("<") + element + attribute("csd-code", code.value) +
           attribute("codeSystemName", "DCM") + attribute("originalText", code.meaning) + "/>";
}

std::string time_of(UnixMillis when) {
    const std::time_t seconds = when / 1000;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

// Action: C create, R read, E execute; outcome: 0 success, 4 minor failure.
std::string event_identification(UnixMillis when, const char* action, const char* outcome, const Code& id,
                                 const Code* type) {
    return "<EventIdentification" + attribute("EventActionCode", action) +
           attribute("EventDateTime", time_of(when)) + attribute("EventOutcomeIndicator", outcome) + ">" +
           coded("EventID", id) + (type ? coded("EventTypeCode", *type) : "") + "</EventIdentification>";
}

struct Participant {
    std::string user_id, ae_title;
    bool requestor = false;
    const Code* role = nullptr;
    std::string access_point;
};

std::string active_participant(const Participant& who) {
    const bool address = who.access_point.find_first_not_of("0123456789.:abcdefABCDEF") == std::string::npos;
    return "<ActiveParticipant" + attribute("UserID", who.user_id) +
           (who.ae_title.empty() ? "" : attribute("AlternativeUserID", "AETITLES=" + who.ae_title)) +
           attribute("UserIsRequestor", who.requestor ? "true" : "false") +
           attribute("NetworkAccessPointID", who.access_point) +
           attribute("NetworkAccessPointTypeCode", address ? "2" : "1") + ">" +
           (who.role ? coded("RoleIDCode", *who.role) : "") + "</ActiveParticipant>";
}

Participant ourselves(const Reporter& reporter, bool requestor, const Code* role) {
    return {std::to_string(reporter.process), reporter.ae_title, requestor, role, reporter.host};
}

std::string of(const Application& application, UnixMillis when, const Reporter& reporter) {
    return event_identification(when, "E", "0", application_activity,
                                application.started ? &application_start : &application_stop) +
           active_participant(ourselves(reporter, false, &application_role));
}

std::string of(const NotLetIn& alert, UnixMillis when, const Reporter& reporter) {
    return event_identification(when, "E", "4", security_alert, &node_authentication) +
           active_participant(ourselves(reporter, false, nullptr)) +
           active_participant({alert.address, "", true, nullptr, alert.address});
}

std::string of(const Transferred& transfer, UnixMillis when, const Reporter& reporter) {
    const Participant peer{transfer.peer_ae.empty() ? transfer.peer : transfer.peer_ae, transfer.peer_ae,
                           transfer.received, transfer.received ? &source_role : &destination_role,
                           transfer.peer};
    return event_identification(when, transfer.received ? "C" : "R", "0", instances_transferred, nullptr) +
           active_participant(transfer.received ? peer : ourselves(reporter, true, &source_role)) +
           active_participant(transfer.received ? ourselves(reporter, false, &destination_role) : peer);
}

// What the event is about; type 2 is a system object, 1 a person; role 3 a report, 1 a patient.
std::string objects_of(const Transferred& transfer) {
    const auto sop_class = "<SOPClass" +
                           (transfer.sop_class_uid.empty() ? "" : attribute("UID", transfer.sop_class_uid)) +
                           attribute("NumberOfInstances", std::to_string(transfer.instances)) + "/>";
    return "<ParticipantObjectIdentification" + attribute("ParticipantObjectID", transfer.study_uid) +
           attribute("ParticipantObjectTypeCode", "2") + attribute("ParticipantObjectTypeCodeRole", "3") +
           ">" + coded("ParticipantObjectIDTypeCode", study_uid_type) + sop_class +
           "</ParticipantObjectIdentification><ParticipantObjectIdentification" +
           attribute("ParticipantObjectID", transfer.patient_id) +
           attribute("ParticipantObjectTypeCode", "1") + attribute("ParticipantObjectTypeCodeRole", "1") +
           "><ParticipantObjectIDTypeCode" + attribute("csd-code", "2") +
           attribute("codeSystemName", "RFC-3881") + attribute("originalText", "Patient Number") +
           "/></ParticipantObjectIdentification>";
}
std::string objects_of(const Application&) {
    return "";
}
std::string objects_of(const NotLetIn& alert) {
    return "<ParticipantObjectIdentification" + attribute("ParticipantObjectID", alert.address) +
           attribute("ParticipantObjectTypeCode", "2") + "><ParticipantObjectIDTypeCode" +
           attribute("csd-code", "110182") + attribute("codeSystemName", "DCM") +
           attribute("originalText", "Node ID") + "/><ParticipantObjectDescription>" + escaped(alert.why) +
           "</ParticipantObjectDescription></ParticipantObjectIdentification>";
}

}  // namespace

std::string xml(const Event& event, const Reporter& reporter) {
    return std::visit(
        [&](const auto& what) {
            return R"(<?xml version="1.0" encoding="UTF-8"?><AuditMessage>)" +
                   of(what, event.when, reporter) + "<AuditSourceIdentification" +
                   attribute("AuditSourceID", reporter.source_id) + "/>" + objects_of(what) +
                   "</AuditMessage>";
        },
        event.what);
}

}  // namespace calcinode::audit
