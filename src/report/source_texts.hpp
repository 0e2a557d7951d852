// What the figure writes of the source study's own text.
#pragma once

#include "report/figure.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {

// Converted from the source's character set. The series description is left out where it holds the patient's
// name or ID; the patient's own line is empty unless the options ask for it.
FigureTexts figure_texts(const ReportContext& context);

}  // namespace calcinode::report
