// Reads a structured report of ours back, from wherever it comes: nothing in it is believed that is not a
// proper value, and no more of it is read than a real one has.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "report/comparison.hpp"

class DcmItem;

namespace calcinode::report {

// Of any DICOM file. An Error where it can't be read, or has no Study Instance UID.
Result<PatientStudy> read_patient_study(const std::filesystem::path& file);

// An Error where the file is not a structured report that this software made.
Result<PriorResult> read_prior(const std::filesystem::path& file);
// The same of a data set in memory.
Result<PriorResult> read_prior(DcmItem& dataset);

}  // namespace calcinode::report
