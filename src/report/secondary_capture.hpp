// The figure as a Secondary Capture image, which every PACS and viewer shows.
#pragma once

#include <memory>

#include "report/figure.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {

Result<std::unique_ptr<DcmDataset>> make_secondary_capture(const ReportContext& context,
                                                           const Picture& picture);

}  // namespace calcinode::report
