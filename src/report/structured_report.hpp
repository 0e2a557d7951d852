// The measurement report (PS3.16 TID 1500, Enhanced SR): the root of the result. It says what the analysis
// found in codes and numbers, refers to the segments of the segmentation and to every source image, and is
// marked unverified and preliminary.
#pragma once

#include <memory>

#include "report/source_header.hpp"

namespace calcinode::report {

// `segmentation_made`: there is a segmentation for the measurement groups to refer to. Without it the report
// has no groups, only the evaluation of the whole.
Result<std::unique_ptr<DcmDataset>> make_structured_report(const ReportContext& context,
                                                           bool segmentation_made);

}  // namespace calcinode::report
