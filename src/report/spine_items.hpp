// Spondylolistheses in the structured report: a coded finding each among the qualitative evaluations of the
// whole (PS3.16 TID 1500, which is extensible), with site, measure, method and place below it. Not a
// measurement group, which would need a region of interest of its own; and no part of the verdict.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include "report/source_header.hpp"

namespace calcinode::report {

// Adds them to a tree that has the container of qualitative evaluations, after the items that are there.
void add_slips(DSRDocumentTree& tree, const ReportContext& context);

}  // namespace calcinode::report
