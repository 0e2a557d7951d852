// Storage commitment, push model (PS3.4 annex J): what a request and a report say, and their data sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

class DcmDataset;

namespace calcinode::dicom {

inline constexpr const char* commitment_class = "1.2.840.10008.1.20.1";
inline constexpr const char* commitment_instance = "1.2.840.10008.1.20.1.1";  // the well-known one

// A report has about 250 bytes an instance.
inline constexpr std::size_t longest_commitment_report = 1 << 20;

struct InstanceReference {
    std::string sop_class_uid, sop_instance_uid;
    bool operator==(const InstanceReference&) const = default;
};

struct FailedReference {
    InstanceReference instance;
    std::uint16_t reason = 0;  // PS3.4 J.3.3.1.1; 0: none was given
    bool operator==(const FailedReference&) const = default;
};

// What the keeper of images says about a transaction.
struct CommitmentReport {
    std::string transaction_uid;
    std::vector<InstanceReference> committed;
    std::vector<FailedReference> failed;
};

// The action information of an N-ACTION request. Throws std::runtime_error where DCMTK can't build it.
void write_commitment_request(const std::string& transaction_uid,
                              const std::vector<InstanceReference>& instances, DcmDataset& into);

// The event information of an N-EVENT-REPORT, in a transfer syntax that is not compressed. From a peer: an
// Error where it is longer than longest_commitment_report, malformed, or without a Transaction UID. Items
// without proper UIDs are left out.
Result<CommitmentReport> parse_commitment_report(std::span<const std::byte> dataset,
                                                 const std::string& transfer_syntax_uid);

}  // namespace calcinode::dicom
