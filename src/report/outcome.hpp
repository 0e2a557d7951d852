// All that is said about one study: what result.json holds and every other object is made of.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "report/comparison.hpp"

namespace calcinode::report {

enum class Status { analysed, not_applicable, failed };
std::string_view to_string(Status status);

struct SeriesLine {
    std::string uid;
    bool selected = false;
    std::string reason;
    int slices = 0;
    std::array<double, 3> spacing_mm{};
};

struct StudyOutcome {
    std::string study_uid;
    Status status = Status::failed;
    std::string reason_code;  // stable, for machines; "" where analysed
    std::string reason;       // for people; "" where analysed
    std::vector<SeriesLine> series;
    std::optional<Findings> findings;      // exactly where status is analysed
    std::optional<Comparison> comparison;  // with an earlier result, where one was found
    std::vector<std::string> remarks;      // on how the volume was put together
    std::string prior_remark;              // why no earlier result could be asked for; "" where none is due
    std::map<std::string, double> timing_s;
};

}  // namespace calcinode::report
