// Earlier results of a patient, to state what has changed since.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "report/comparison.hpp"

namespace calcinode::app {

// Of the reports of ours among `files` the newest that is a prior of `study`; whatever else is among them is
// passed over. Only the first thousands of files are looked at.
std::optional<report::PriorResult> newest_prior(const std::vector<std::filesystem::path>& files,
                                                const report::PatientStudy& study);

}  // namespace calcinode::app
