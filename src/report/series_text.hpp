// Series Descriptions: a stable text that routing rules can match.
#pragma once

#include <string>

#include "report/report.hpp"

namespace calcinode::report {

// `options.series_description` with {verdict}: POSITIVE, INDETERMINATE, NEGATIVE; {severity}: SEVERE,
// MODERATE, MILD, NONE; {kind}: "" for the report, FIGURE, SEGMENTATION, KEY IMAGES. Throws
// std::runtime_error where the pattern has a mistake, which the configuration would not have let pass.
std::string series_description(const ReportOptions& options, const Findings& findings, ObjectKind kind);

}  // namespace calcinode::report
