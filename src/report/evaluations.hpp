// The qualitative evaluations of the report (PS3.16 TID 1500, row 12): what is true of the whole study, in
// codes for machines and in words for the reader.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmsr/cmr/tid1500.h>

#include "report/source_header.hpp"

namespace calcinode::report {

// Conclusion, verdict, severity, actionability, each deposit in words, trabecular attenuation, narrowest
// canal, what was looked at and not reported, what limits the result. Throws std::runtime_error where DCMTK
// refuses an item.
void add_evaluations(TID1500_MeasurementReport& report, const ReportContext& context);

}  // namespace calcinode::report
