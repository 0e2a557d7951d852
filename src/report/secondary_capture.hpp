// The figure as a Secondary Capture image, which every PACS and viewer shows: one picture, or several as the
// frames of one Multi-frame True Color image where the options ask for it.
#pragma once

#include <memory>
#include <vector>

#include "report/picture.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {

const char* secondary_capture_class(const FigureOptions& options);

// `pages` are at least one, all of one size; of several the first alone is taken for a single-frame image.
Result<std::unique_ptr<DcmDataset>> make_secondary_capture(const ReportContext& context,
                                                           const std::vector<Picture>& pages);

}  // namespace calcinode::report
