// The UIDs of all that we make. Each follows from the result's identity alone, so that making the objects
// again makes the same objects.
#pragma once

#include <string>
#include <string_view>

#include "base/uid.hpp"
#include "report/report.hpp"

namespace calcinode::report {

// A stable short name: "SR", "SC", "SEG", "KO".
std::string_view short_name(ObjectKind kind);

Uid series_uid_of(const ReportOptions& options, ObjectKind kind);
Uid instance_uid_of(const ReportOptions& options, ObjectKind kind);

// Of the segment and the measurement group that hold all deposits together.
std::string total_tracking_uid(const std::string& identity);

}  // namespace calcinode::report
