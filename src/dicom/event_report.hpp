// The SCU's side of N-EVENT-REPORT for storage commitment: a report is always answered, whatever it says and
// on whichever association it came.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/assoc.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "dicom/commitment.hpp"

namespace calcinode::dicom {

// The command of an N-EVENT-REPORT request.
struct EventReport {
    std::uint8_t context_id = 0;
    std::uint16_t message_id = 0, event_type = 0;
    std::string sop_class_uid, sop_instance_uid;  // affected ones
};

// Hands the report to `take`, which gives the status to answer with and may throw (status 0110H). One that is
// not about storage commitment, or malformed, is answered with a failure. An Error where the answer can't be
// sent.
Result<> answer_event_report(T_ASC_Association& association, const EventReport& command,
                             std::span<const std::byte> dataset,
                             const std::function<std::uint16_t(const CommitmentReport&)>& take);

}  // namespace calcinode::dicom
