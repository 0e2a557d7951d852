// Earlier reports of this software from a PACS: C-FIND for the patient's earlier studies and the structured
// reports in them, C-GET of those that may be ours (Study Root).
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "deliver/peer.hpp"

class DcmItem;

namespace calcinode::deliver {

struct PriorQuery {
    std::string patient_id;
    std::string from, until;  // YYYYMMDD: study dates
    std::string study_uid;    // of the study itself, which is left out
};

// Gives the reports of the newest studies, one study after the other, to `take`, which says whether it was
// one to compare with; no study older than the first with such a one is asked for. What comes is the PACS's
// word only: `take` judges whose report it is. An Error where the PACS can't be reached, refuses, or takes
// longer than `altogether` (beyond the time that it takes to connect); nothing found is none. Throws nothing
// that `take` does not.
Result<> fetch_reports(const Destination& pacs, std::chrono::seconds altogether, const PriorQuery& query,
                       const std::function<bool(DcmItem&)>& take);

}  // namespace calcinode::deliver
