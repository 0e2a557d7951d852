// An alert as JSON of our own shape (alert.schema.json), and as a FHIR R4 DiagnosticReport.
#pragma once

#include <string>

#include "notify/facts.hpp"

namespace calcinode::notify {

std::string json_message(const Facts& facts);

// With the Observations of the result contained in it.
std::string fhir_message(const Facts& facts);

}  // namespace calcinode::notify
