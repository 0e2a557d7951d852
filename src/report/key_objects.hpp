// A key object selection (PS3.16 TID 2010): for each deposit the source image that shows it best, and the
// figure.
#pragma once

#include <memory>

#include "report/source_header.hpp"

namespace calcinode::report {

Result<std::unique_ptr<DcmDataset>> make_key_objects(const ReportContext& context);

}  // namespace calcinode::report
