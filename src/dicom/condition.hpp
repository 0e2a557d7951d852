// The one place where DCMTK's OFCondition becomes our Error.
#pragma once

#include <string_view>

#include "base/result.hpp"

class OFCondition;

namespace calcinode::dicom {

// Nothing where `condition` is good; else an Error "DOING: DCMTK's words".
Result<> check(const OFCondition& condition, std::string_view doing);

}  // namespace calcinode::dicom
