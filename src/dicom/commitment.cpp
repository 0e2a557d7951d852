#include "dicom/commitment.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <optional>
#include <stdexcept>

#include "dicom/attributes.hpp"
#include "dicom/condition.hpp"
#include "dicom/memory_dataset.hpp"

namespace calcinode::dicom {
namespace {

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    if (const auto done = check(item.putAndInsertString(tag, value.c_str()), "commitment request"); !done)
        throw std::runtime_error(done.error().what);
}

std::optional<InstanceReference> reference_in(DcmItem& item) {
    auto sop_class = uid(item, DCM_ReferencedSOPClassUID);
    auto instance = uid(item, DCM_ReferencedSOPInstanceUID);
    if (!sop_class || !instance) return std::nullopt;
    return InstanceReference{std::move(*sop_class), std::move(*instance)};
}

}  // namespace

void write_commitment_request(const std::string& transaction_uid,
                              const std::vector<InstanceReference>& instances, DcmDataset& into) {
    put(into, DCM_TransactionUID, transaction_uid);
    for (const auto& instance : instances) {
        DcmItem* item = nullptr;
        constexpr long append = -2;
        if (into.findOrCreateSequenceItem(DCM_ReferencedSOPSequence, item, append).bad())
            throw std::runtime_error("commitment request: no item can be added");
        put(*item, DCM_ReferencedSOPClassUID, instance.sop_class_uid);
        put(*item, DCM_ReferencedSOPInstanceUID, instance.sop_instance_uid);
    }
}

Result<CommitmentReport> parse_commitment_report(std::span<const std::byte> dataset,
                                                 const std::string& transfer_syntax_uid) {
    if (dataset.size() > longest_commitment_report) return fail("the commitment report is too long");
    DcmDataset content;
    if (auto read = read_dataset(dataset, transfer_syntax_uid, content); !read)
        return std::unexpected(read.error());

    const auto transaction_uid = uid(content, DCM_TransactionUID);
    if (!transaction_uid) return fail("the commitment report has no Transaction UID");
    CommitmentReport report{*transaction_uid, {}, {}};
    for (std::size_t i = 0; i < sequence_length(content, DCM_ReferencedSOPSequence); ++i)
        if (auto committed = reference_in(*sequence_item(content, DCM_ReferencedSOPSequence, i)))
            report.committed.push_back(std::move(*committed));
    for (std::size_t i = 0; i < sequence_length(content, DCM_FailedSOPSequence); ++i) {
        auto& item = *sequence_item(content, DCM_FailedSOPSequence, i);
        if (auto failed = reference_in(item))
            report.failed.push_back({std::move(*failed), static_cast<std::uint16_t>(
                                                             integer(item, DCM_FailureReason).value_or(0))});
    }
    return report;
}

}  // namespace calcinode::dicom
