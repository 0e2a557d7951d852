#include "dicom/condition.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/ofstd/ofcond.h>

namespace calcinode::dicom {

Result<> check(const OFCondition& condition, std::string_view doing) {
    if (condition.good()) return {};
    return fail(std::string(doing) + ": " + condition.text());
}

}  // namespace calcinode::dicom
