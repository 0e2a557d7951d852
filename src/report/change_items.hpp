// The change since an earlier result in the structured report: a coded comparison among the qualitative
// evaluations of the whole (PS3.16 TID 1500, which is extensible) and one for each deposit that has a
// counterpart, each with the change in percent and a reference to the earlier report below it. The change of
// a deposit is among its group's measurements, too.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include "report/source_header.hpp"

namespace calcinode::report {

// Adds them to a tree that has the container of qualitative evaluations, after the items that are there, and
// the earlier report to the document's evidence. Does nothing where there is no earlier result.
void add_changes(DSRDocument& document, const ReportContext& context);

}  // namespace calcinode::report
