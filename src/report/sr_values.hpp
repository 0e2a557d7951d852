// Our codes and numbers as the structured report's content items take them.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/dsrcodvl.h>

#include "report/codes.hpp"

namespace calcinode::report {

inline DSRCodedEntryValue coded(const Code& code) {
    return {code.value, code.scheme, code.meaning};
}

}  // namespace calcinode::report
