// An alert as HL7 v2.5.1 message ORU^R01: MSH, PID, PV1, ORC, OBR and the OBX of the result.
#pragma once

#include <string>

#include "notify/facts.hpp"

namespace calcinode::notify {

// MSH-10 of the alert with this UID: 20 characters, the same at each repetition.
std::string control_id_of(const std::string& alert_uid);

// In the configured character set, segments ended by carriage returns, without MLLP's frame.
std::string hl7_message(const Facts& facts);

// The OBX segments: study, verdict, and the parts that are to be told.
std::string hl7_observations(const Facts& facts);

}  // namespace calcinode::notify
